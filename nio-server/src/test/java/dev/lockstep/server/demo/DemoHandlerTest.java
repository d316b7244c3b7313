package dev.lockstep.server.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the demo answers to which request. */
class DemoHandlerTest {

    private final NotedSession session = new NotedSession();
    private final DemoEvents events = new DemoEvents(System::nanoTime);
    private boolean burstBegins = true;
    private int bursts;
    private DemoHandler handler;

    @BeforeEach
    void makeHandler() throws Exception {
        handler = new DemoHandler(new DemoHandler.Site(DemoPages.load(300), events, this::burst, 300));
    }

    private boolean burst() {
        bursts++;
        return burstBegins;
    }

    private void receive(String text) {
        handler.onData(session, ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1)));
    }

    private String answer(String request) {
        receive(request + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
        return session.sent.get(session.sent.size() - 1);
    }

    @ParameterizedTest
    @CsvSource({
        "/, text/html; charset=utf-8",
        "/?again, text/html; charset=utf-8",
        "/page.js, text/javascript; charset=utf-8",
        "/model.js, text/javascript; charset=utf-8",
        "/timeline.js, text/javascript; charset=utf-8",
        "/page.css, text/css; charset=utf-8",
        "/table.css, text/css; charset=utf-8",
        "/icon.svg, image/svg+xml"
    })
    void everyFileIsServedUnderAStrictPolicy(String path, String type) {
        String whole = answer("GET " + path);
        String head = whole.substring(0, whole.indexOf("\r\n\r\n") + 4);
        String body = whole.substring(head.length());
        assertThat(head)
                .startsWith("HTTP/1.1 200 OK\r\nContent-Type: " + type + "\r\n")
                .contains("Content-Length: " + body.getBytes(StandardCharsets.UTF_8).length + "\r\n")
                .contains("Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self';")
                .contains("frame-ancestors 'none'", "X-Content-Type-Options: nosniff")
                .doesNotContain("unsafe");
        assertThat(session.closed).isFalse();

        assertThat(answer("HEAD " + path)).isEqualTo(head);
    }

    @Test
    void thePageHasNothingInlineAndTheRowsOfTheRealTable() throws Exception {
        String page = answer("GET /");
        assertThat(page).doesNotContainPattern("<script(?![^>]* src=)").doesNotContain("<style", " style=", " onclick");
        assertThat(page).doesNotContain("<!--").contains("takes 300 ms", "20 handshakes take about as long as");

        List<DemoTable.Row> rows = DemoTable.rows(Files.readString(Path.of("..", "docs", "design", "handshake.md")));
        assertThat(rows)
                .hasSizeGreaterThan(30)
                .contains(
                        new DemoTable.Row("READ_CLIENT_HELLO", "CLIENT_HELLO", "", "AWAIT_TICKET"),
                        new DemoTable.Row("AWAIT_SIGNATURE", "ANSWER", "SIGN", "SEND_SERVER_KEY_EXCHANGE"));
        int from = 0;
        for (DemoTable.Row row : rows) {
            from = page.indexOf("<tr data-state=\"" + row.state() + "\" data-event=\"" + row.event() + "\"", from) + 1;
            assertThat(from).as(row.toString()).isPositive();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "GET /nothing, 404",
        "GET /../page.html, 404",
        "GET /handshake.md, 404",
        "POST /, 405",
        "DELETE /page.js, 405",
        "GET /burst, 405",
        "POST /events, 405",
        "POST /burst, 403"
    })
    void otherRequestsAreRefused(String request, int status) {
        assertThat(answer(request)).startsWith("HTTP/1.1 " + status + " ");
        assertThat(bursts).isZero();
        assertThat(session.closed).isFalse();
    }

    @Test
    void theButtonBeginsABurstUnlessThereIsOne() {
        String button = "POST /burst HTTP/1.1\r\nX-Lockstep-Demo: 1\r\nContent-Length: 0\r\n\r\n";
        receive(button);
        burstBegins = false;
        receive(button);
        assertThat(session.sent.get(0)).startsWith("HTTP/1.1 202 ");
        assertThat(session.sent.get(1)).startsWith("HTTP/1.1 429 ");
        assertThat(bursts).isEqualTo(2);
    }

    @Test
    void headsArriveInPiecesAndSeveralTogether() {
        String two = "GET /page.js HTTP/1.1\r\nA: b\r\n\r\nGET /none HTTP/1.1\r\n\r\n";
        for (char c : two.toCharArray()) {
            receive(String.valueOf(c));
        }
        receive(two);
        assertThat(session.sent).hasSize(4);
        assertThat(session.sent.get(2)).startsWith("HTTP/1.1 200 ");
        assertThat(session.sent.get(3)).startsWith("HTTP/1.1 404 ");
    }

    @ParameterizedTest
    @CsvSource({
        "GET /none HTTP/1.0|, 404",
        "GET /none HTTP/1.1|Connection: close|, 404",
        "hello|, 400",
        "GET  /none HTTP/1.1|, 400",
        "GET /none HTTP/1.1|no field|, 400",
        "POST /burst HTTP/1.1|Content-Length: 5|, 413",
        "POST /burst HTTP/1.1|Transfer-Encoding: chunked|, 413"
    })
    void theConnectionEndsWhereNothingCanFollow(String head, int status) {
        receive(head.replace("|", "\r\n") + "\r\n" + "GET / HTTP/1.1\r\n\r\n");
        assertThat(session.sent).hasSize(1);
        assertThat(session.sent.get(0)).startsWith("HTTP/1.1 " + status + " ").contains("\r\nConnection: close\r\n");
        assertThat(session.closed).isTrue();
    }

    @Test
    void aHeadWithoutEndAndAConnectionWithoutEndAreBounded() {
        receive("x".repeat(DemoHandler.LONGEST_HEAD - 1));
        assertThat(session.sent).isEmpty();
        receive("xx");
        assertThat(session.sent.get(0)).startsWith("HTTP/1.1 431 ");
        assertThat(session.closed).isTrue();
    }

    @Test
    void aConnectionServesABoundedNumberOfRequests() {
        for (int i = 0; i < 2 * DemoHandler.MOST_REQUESTS; i++) {
            receive("GET /none HTTP/1.1\r\n\r\n");
        }
        assertThat(session.sent).hasSize(DemoHandler.MOST_REQUESTS);
        assertThat(session.closed).isTrue();
    }

    @Test
    void theStreamBeginsWithAGreetingAndFurtherViewersAreRefused() throws Exception {
        assertThat(answer("GET /events")).contains("text/event-stream", "\"hello\"", "\"c\":7", "\"delay\":300");
        receive("GET / HTTP/1.1\r\n\r\n");
        assertThat(session.sent).hasSize(1);

        for (int i = 1; i < DemoEvents.MOST_VIEWERS; i++) {
            makeHandler();
            answer("GET /events");
        }
        DemoHandler last = handler;
        makeHandler();
        assertThat(answer("GET /events")).startsWith("HTTP/1.1 503 ");

        last.onClosed(session, null);
        makeHandler();
        assertThat(answer("GET /events")).contains("text/event-stream");
    }
}
