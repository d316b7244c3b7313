package dev.lockstep.simulation;

import dev.lockstep.testkit.client.ClientAuthMessages;
import dev.lockstep.testkit.client.ClientMessage;
import dev.lockstep.testkit.client.ClientMessages;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.testkit.client.ClientSession;
import dev.lockstep.testkit.client.ScriptedClient;
import dev.lockstep.testkit.client.Seen;
import dev.lockstep.testkit.util.Bytes;
import dev.lockstep.testkit.util.Expect;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;

/**
 * A client that shakes hands, sends a few words, waits for their echo and closes; or that stops being honest at some point,
 * after which nothing is expected of what it reads.
 */
final class Client {

    private static final byte[] WORDS = "a few words".getBytes(StandardCharsets.UTF_8);

    private final ScriptedClient scripted;
    private boolean asked;
    private boolean sentFinished;
    private boolean sentWords;
    private boolean honest = true;
    private boolean deaf;
    private boolean fatal;
    private boolean content;
    private int echoed;

    Client(ClientOptions options) {
        scripted = new ScriptedClient(options);
    }

    ScriptedClient scripted() {
        return scripted;
    }

    /** Sends the first message. */
    void begins() {
        scripted.sends(ClientMessages.clientHello());
    }

    /** Whether everything was as it should be: the handshake, the echo, and close_notify from the server. */
    boolean isContent() {
        return content;
    }

    /** Whether nothing dishonest was sent. */
    boolean isHonest() {
        return honest;
    }

    /** Reads what has come, and sends what an honest client sends then. */
    void receives(byte[] bytes) {
        Expect.that(!fatal || bytes.length == 0, "something is sent after a fatal alert");
        if (deaf) {
            return;
        }
        try {
            scripted.receives(bytes);
        } catch (AssertionError | RuntimeException unreadable) {
            if (honest) {
                throw unreadable;
            }
            deaf = true;
            return;
        }
        scripted.takeSeen().forEach(this::reactsTo);
        echoed += scripted.takeReceived().length;
        if (honest && sentWords && echoed == WORDS.length) {
            echoed = 0;
            scripted.sends(ClientMessages.closeNotify());
        }
    }

    private void reactsTo(Seen seen) {
        Expect.that(!fatal, "something is sent after a fatal alert");
        switch (seen.kind()) {
            case CERTIFICATE_REQUEST -> asked = true;
            case SERVER_HELLO_DONE -> {
                if (honest) {
                    flight();
                }
            }
            case FINISHED -> {
                if (honest) {
                    finishes();
                }
            }
            case ALERT -> {
                fatal |= seen.body()[0] == 2;
                content = seen.body()[1] == 0 && sentWords;
            }
            default -> {
                // nothing to do yet
            }
        }
    }

    private void flight() {
        if (asked) {
            scripted.sends(ClientAuthMessages.certificate(Server.CLIENT));
        }
        scripted.sends(ClientMessages.clientKeyExchange());
        if (asked) {
            scripted.sends(ClientAuthMessages.certificateVerify(Server.CLIENT));
        }
        scripted.sends(ClientMessages.changeCipherSpec(), ClientMessages.finished());
        sentFinished = true;
    }

    private void finishes() {
        if (!sentFinished) {
            scripted.sends(ClientMessages.changeCipherSpec(), ClientMessages.finished());
            sentFinished = true;
        }
        if (!sentWords) {
            scripted.sends(ClientMessages.applicationData(WORDS));
            sentWords = true;
        }
    }

    /** Sends something that an honest client does not send now; what it cannot make, it replaces. */
    void sends(ClientMessage message, ClientMessage replacement) {
        honest = false;
        try {
            scripted.sends(message);
        } catch (AssertionError | RuntimeException unable) { // it has not seen what the message takes
            scripted.sends(replacement);
        }
    }

    /** Sends the whole second flight, whether or not it is time. */
    void sendsFlight() {
        sends(client -> flight(), ClientMessages.strayHandshake(16, new byte[34]));
    }

    /** Hands over what it has sent since, each record whole or in two pieces. */
    void deliver(Choices choices, Consumer<byte[]> network) {
        for (byte[] record : takeRecords()) {
            int cut = choices.oneIn(4) ? Math.min(record.length, 1 + choices.below(40)) : record.length;
            network.accept(Bytes.slice(record, 0, cut));
            if (cut < record.length) {
                network.accept(Bytes.slice(record, cut, record.length - cut));
            }
        }
    }

    List<byte[]> takeRecords() {
        return scripted.takeRecords();
    }

    ClientSession session() {
        return scripted.session();
    }
}
