package dev.lockstep.server.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The order of events, and the bounds on what is kept for those who do not read. */
class DemoEventsTest {

    private final AtomicLong nanos = new AtomicLong(5_000_000);
    private final DemoEvents events = new DemoEvents(nanos::get);

    private void publish(int number) {
        events.publish(events.event("n").with("number", number));
    }

    private boolean add(DemoViewer viewer) {
        return events.add(viewer, events.event("hello"));
    }

    private static List<Integer> numbers(String text) {
        List<Integer> numbers = new ArrayList<>();
        Matcher matcher = Pattern.compile("\"number\":(\\d+)").matcher(text);
        while (matcher.find()) {
            numbers.add(Integer.parseInt(matcher.group(1)));
        }
        return numbers;
    }

    @Test
    void anEventIsOneLineOfJsonWithItsTime() {
        nanos.addAndGet(1_234_567);
        assertThat(events.event("kind")
                        .with("text", "\"<\\\n\u00e9")
                        .with("number", 3)
                        .message())
                .isEqualTo("data: {\"kind\":\"kind\",\"t\":1.235,\"text\":\"\\u0022<\\u005c\\u000a\\u00e9\","
                        + "\"number\":3}\n\n");
    }

    @Test
    void aViewerIsToldOfWhatWasAndThenOfWhatComesInOneOrder() {
        publish(1);
        publish(2);
        NotedSession session = new NotedSession();
        DemoViewer viewer = new DemoViewer(session);
        assertThat(add(viewer)).isTrue();
        publish(3);
        publish(4);
        assertThat(session.sent).hasSize(1);
        assertThat(session.sent.get(0))
                .startsWith("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n")
                .containsSubsequence("\"hello\"", "\"number\":1", "\"number\":2");

        viewer.onSent();
        publish(5);
        session.runTasks();
        assertThat(numbers(session.sent.get(1))).containsExactly(3, 4);
        viewer.onSent();
        assertThat(numbers(session.sent.get(2))).containsExactly(5);
        assertThat(session.sent).hasSize(3);
    }

    @Test
    void eventsOfOneTurnLeaveTogether() {
        NotedSession session = new NotedSession();
        DemoViewer viewer = new DemoViewer(session);
        add(viewer);
        viewer.onSent();
        publish(1);
        publish(2);
        publish(3);
        assertThat(session.tasks).hasSize(1);
        session.runTasks();
        assertThat(numbers(session.sent.get(1))).containsExactly(1, 2, 3);
    }

    @Test
    void onlyTheNewestAreKept() {
        for (int i = 0; i < 3 * DemoEvents.REMEMBERED; i++) {
            publish(i);
        }
        NotedSession session = new NotedSession();
        add(new DemoViewer(session));
        assertThat(numbers(session.sent.get(0)))
                .hasSize(DemoEvents.REMEMBERED)
                .startsWith(2 * DemoEvents.REMEMBERED)
                .endsWith(3 * DemoEvents.REMEMBERED - 1);
    }

    @Test
    void aViewerThatDoesNotReadIsDroppedAndTheOthersAreNot() {
        NotedSession slow = new NotedSession();
        NotedSession quick = new NotedSession();
        DemoViewer reading = new DemoViewer(quick);
        add(new DemoViewer(slow)); // its beginning is never taken
        add(reading);
        for (int i = 0; i <= DemoViewer.MOST_WAITING; i++) {
            publish(i);
            reading.onSent();
        }
        slow.runTasks();
        assertThat(slow.aborted).isTrue();
        assertThat(slow.sent).hasSize(1);
        assertThat(quick.aborted).isFalse();
        assertThat(numbers(String.join("", quick.sent))).hasSize(DemoViewer.MOST_WAITING + 1);

        publish(1); // its place is free
        for (int i = 1; i < DemoEvents.MOST_VIEWERS; i++) {
            assertThat(add(new DemoViewer(new NotedSession()))).isTrue();
        }
    }

    @Test
    void thereAreFewPlacesAndOneThatLeavesMakesRoom() {
        List<DemoViewer> viewers = new ArrayList<>();
        for (int i = 0; i < DemoEvents.MOST_VIEWERS; i++) {
            viewers.add(new DemoViewer(new NotedSession()));
            assertThat(add(viewers.get(i))).isTrue();
        }
        NotedSession late = new NotedSession();
        assertThat(add(new DemoViewer(late))).isFalse();
        assertThat(late.sent).isEmpty();

        events.remove(viewers.get(0));
        assertThat(add(new DemoViewer(late))).isTrue();
    }
}
