package dev.lockstep.testkit;

import dev.lockstep.testkit.client.ScriptedClient;
import dev.lockstep.testkit.client.Seen;
import dev.lockstep.testkit.util.Bytes;
import dev.lockstep.testkit.util.Expect;
import dev.lockstep.tls.StepResult;
import dev.lockstep.tls.TlsException;
import dev.lockstep.tls.TlsServerConnection;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.wait.Suspension;
import dev.lockstep.tls.wait.SuspensionKind;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What a test says of the server of a {@link Conversation}: what it answers, what it refuses, what it waits for. A
 * {@link ServerDriver} makes the calls.
 */
public final class ServerSide {

    private final ServerDriver driver;
    private final TlsServerConnection tls;
    private final ScriptedClient client;

    ServerSide(ServerDriver driver, ScriptedClient client) {
        this.driver = driver;
        this.tls = driver.connection();
        this.client = client;
    }

    /** Takes all that the client sent, waits for keys, and answers exactly this. */
    public ServerSide answers(Seen.Kind... expected) {
        driver.settle();
        return hasSent(expected);
    }

    /** Takes what the client sent and stops for an answer from outside. */
    public ServerSide suspendsFor(SuspensionKind kind) {
        Expect.equal(
                () -> "result after " + driver.tailOfResults(), driver.settleOrSuspend(), StepResult.ASYNC_IN_PROGRESS);
        Suspension suspension = tls.suspension();
        Expect.equal("what it waits for", suspension == null ? null : suspension.kind(), kind);
        return this;
    }

    /** Since the last look the client got exactly this; nothing is driven. */
    public ServerSide hasSent(Seen.Kind... expected) {
        List<Seen> seen = client.takeSeen();
        hasSeen(seen, expected);
        Expect.that(client.hasWholeMessagesOnly(), "the server's bytes end inside a record or a message");
        return this;
    }

    /** Takes all that the client sent and ends with this fatal alert, after these messages. */
    public ServerSide refuses(AlertDescription description, Seen.Kind... before) {
        driver.settle();
        return hasRefused(description, before);
    }

    /** The connection has ended with this fatal alert, after these messages; nothing is driven. */
    public ServerSide hasRefused(AlertDescription description, Seen.Kind... before) {
        List<Seen> seen = client.takeSeen();
        Seen.Kind[] expected = Arrays.copyOf(before, before.length + 1);
        expected[before.length] = Seen.Kind.ALERT;
        hasSeen(seen, expected);
        byte[] alert = seen.get(before.length).body();
        Expect.that(
                alert[0] == 2 && (alert[1] & 0xff) == description.code(),
                "the alert is " + Bytes.hex(alert) + ", not a fatal " + description + " (failure: " + failure() + ")");
        TlsException latched = failure();
        if (latched == null) {
            throw new AssertionError("an alert was sent, but no call threw");
        }
        Expect.equal("alert of the exception", latched.alert(), description);
        Expect.that(!latched.fromPeer(), "the server's own alert counts as the peer's");
        isDead();
        return this;
    }

    /**
     * The application has ended the first handshake, after these messages, with user_canceled and close_notify (RFC 5246
     * section 7.2.2); nothing is driven.
     */
    public ServerSide hasCancelled(Seen.Kind... before) {
        List<Seen> seen = client.takeSeen();
        Seen.Kind[] expected = Arrays.copyOf(before, before.length + 2);
        Arrays.fill(expected, before.length, expected.length, Seen.Kind.ALERT);
        hasSeen(seen, expected);
        List<String> alerts = seen.subList(before.length, expected.length).stream()
                .map(alert -> Bytes.hex(alert.body()))
                .toList();
        Expect.equal(
                "the alerts",
                alerts,
                List.of(
                        "01" + Bytes.hex(new byte[] {(byte) AlertDescription.USER_CANCELED.code()}),
                        "01" + Bytes.hex(new byte[] {(byte) AlertDescription.CLOSE_NOTIFY.code()})));
        Expect.that(client.hasWholeMessagesOnly(), "the server's bytes end inside a record or a message");
        return this;
    }

    private void hasSeen(List<Seen> seen, Seen.Kind... expected) {
        Expect.equal(
                () -> "what the server sent: " + seen + " (failure: " + failure() + ")",
                seen.stream().map(Seen::kind).toList(),
                List.of(expected));
    }

    /** The connection is over: the failure is latched, nothing is pending, nothing is sent, no secret is left. */
    public ServerSide isDead() {
        Expect.that(tls.isClosed(), "the connection is not closed");
        Expect.that(!tls.isEstablished(), "the connection is established");
        Expect.equal("suspension", tls.suspension(), null);
        Expect.equal("deadline", tls.nextDeadlineNanos(), OptionalLong.empty());
        Expect.that(tls.failure() == failure(), "another latched failure: " + tls.failure());
        int before = driver.bytesSent().length;
        Expect.equal("result after the end", driver.callAgain(), StepResult.CLOSED);
        Expect.that(tls.failure() == failure(), "the latched failure has changed: " + tls.failure());
        Expect.that(!tls.wantsOutput(), "output after the end");
        Expect.equal("bytes sent", driver.bytesSent().length, before);
        SecretHunt.assertNoneIn(tls, client.secrets());
        SecretHunt.assertHandshakeHoldsNone(tls);
        return this;
    }

    /** The application sends a text. */
    public ServerSide sends(String text) {
        return sends(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The application sends bytes, in as many records as it takes. */
    public ServerSide sends(byte[] content) {
        driver.sends(content);
        return this;
    }

    /** Since the last look the application got exactly this text. */
    public ServerSide hasReceived(String text) {
        return hasReceived(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Since the last look the application got exactly these bytes. */
    public ServerSide hasReceived(byte[] content) {
        Expect.equal("application data", text(driver.takeReceived()), text(content));
        return this;
    }

    /** The application closes the connection. */
    public ServerSide closes() {
        driver.closes();
        return this;
    }

    /** The application has nothing more to send. */
    public ServerSide closesOutput() {
        driver.closesOutput();
        return this;
    }

    /** The peer's end of stream. */
    public ServerSide meetsEndOfStream() {
        driver.meetsEndOfStream();
        return this;
    }

    /** Puts all of the client's bytes into the buffer; nothing is called. */
    public ServerSide buffersInput() {
        driver.buffersInput();
        return this;
    }

    /** As {@link ServerDriver#steps}. */
    public StepResult steps() {
        return driver.steps();
    }

    /** As {@link ServerDriver#stepsOnce}. */
    public StepResult stepsOnce() {
        return driver.stepsOnce();
    }

    /** As {@link ServerDriver#stepsThroughInput}. */
    public StepResult stepsThroughInput() {
        return driver.stepsThroughInput();
    }

    /** As {@link ServerDriver#settle}. */
    public StepResult settle() {
        return driver.settle();
    }

    /** As {@link ServerDriver#awaitWake}. */
    public void awaitWake() {
        driver.awaitWake();
    }

    /** As {@link ServerDriver#wakeUps}. */
    public int wakeUps() {
        return driver.wakeUps();
    }

    /** The connection that is driven. */
    public TlsServerConnection connection() {
        return tls;
    }

    /** What every call returned, CLOSED standing for an exception too. */
    public List<StepResult> results() {
        return driver.results();
    }

    /** Every byte sent so far. */
    public byte[] bytesSent() {
        return driver.bytesSent();
    }

    /** Type, version and length of every record sent so far. */
    public List<String> recordsSent() {
        return client.recordsSeen().stream().map(Object::toString).toList();
    }

    /** What the last failing call threw, or null. */
    public @Nullable TlsException failure() {
        return driver.failure();
    }

    /** Client bytes that no step has taken yet. */
    public int unreadInput() {
        return driver.unreadInput();
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
