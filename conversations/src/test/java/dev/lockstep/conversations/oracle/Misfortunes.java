package dev.lockstep.conversations.oracle;

import static dev.lockstep.testkit.client.ClientMessages.applicationData;
import static dev.lockstep.testkit.client.ClientMessages.changeCipherSpec;
import static dev.lockstep.testkit.client.ClientMessages.closeNotify;
import static dev.lockstep.testkit.client.ClientMessages.fatalAlert;
import static dev.lockstep.testkit.client.ClientMessages.finished;
import static dev.lockstep.testkit.client.ClientMessages.record;
import static dev.lockstep.testkit.client.ClientMessages.strayHandshake;

import dev.lockstep.conversations.oracle.Journal.Fault;
import dev.lockstep.conversations.oracle.Setup.Auth;
import dev.lockstep.conversations.oracle.Setup.Exchange;
import dev.lockstep.conversations.oracle.Setup.Issue;
import dev.lockstep.conversations.oracle.Setup.Selector;
import dev.lockstep.conversations.oracle.Setup.Session;
import dev.lockstep.conversations.oracle.Setup.Speed;
import dev.lockstep.conversations.oracle.Setup.Stapling;
import dev.lockstep.conversations.oracle.Setup.Ticket;
import dev.lockstep.testkit.client.ClientMessage;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.wait.SuspensionKind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Conversations that go wrong in a systematic way, in the first handshake of a connection and in a later one. */
final class Misfortunes extends Scenes {

    private static final Setup ECDSA = Setup.plain(Exchange.ECDHE_ECDSA);

    Misfortunes() {
        wrongMessages();
        failingOperations();
        interruptedWaits();
    }

    /** Every message where another one is due, and empty where it is due itself. */
    private void wrongMessages() {
        Map<String, ClientMessage> messages = new LinkedHashMap<>();
        int[] types = {0, 1, 2, 4, 11, 12, 13, 14, 15, 16, 20, 22, 99};
        for (int type : types) {
            messages.put("type " + type, strayHandshake(type, new byte[0]));
        }
        messages.put("CCS", record(20, new byte[] {1}));
        messages.put("DATA", applicationData("too early"));
        Setup resuming = ECDSA.with(Ticket.VALID, Issue.YES);
        Map<Setup, Integer> due = new LinkedHashMap<>();
        due.put(ECDSA, 3);
        due.put(ECDSA.with(Auth.WANTED_WITH), 5);
        due.put(ECDSA.with(Auth.WANTED_WITHOUT), 2);
        due.put(resuming, 2);
        due.put(Setup.plain(Exchange.RSA), 1);
        due.put(Setup.plain(Exchange.PSK), 1);
        due.forEach((setup, count) -> {
            for (int sent = 0; sent < count; sent++) {
                int before = sent;
                messages.forEach((name, message) ->
                        twice("sends " + before + ", then " + name, setup, talk -> {}, talk -> talk.flight(before)
                                .say(name, message)));
            }
        });
        for (Setup setup : List.of(ECDSA, resuming)) {
            messages.forEach((name, message) -> put("gets " + name + " at its end", setup, talk -> talk.hello()
                    .flight()
                    .say(name, message)));
        }
        messages.forEach((name, message) -> put("gets " + name + " at first", ECDSA, talk -> talk.say(name, message)));
    }

    /** Each operation where it is met. */
    private static Map<SuspensionKind, List<Setup>> askers() {
        Map<SuspensionKind, List<Setup>> askers = new LinkedHashMap<>();
        askers.put(SuspensionKind.SESSION_LOOKUP, List.of(ECDSA.with(Session.KNOWN)));
        askers.put(SuspensionKind.TICKET_OPENING, List.of(ECDSA.with(Ticket.VALID, Issue.YES)));
        askers.put(
                SuspensionKind.CREDENTIAL_SELECTION,
                List.of(
                        ECDSA.with(Selector.YES, Stapling.YES),
                        ECDSA.with(Selector.YES, Ticket.FORGED, Issue.YES),
                        Setup.plain(Exchange.PSK).with(Selector.YES)));
        askers.put(
                SuspensionKind.SIGN,
                List.of(
                        ECDSA,
                        Setup.plain(Exchange.ECDHE_RSA).with(Selector.YES, Stapling.YES, Session.UNKNOWN),
                        Setup.plain(Exchange.DHE_RSA).with(Auth.WANTED_WITH)));
        askers.put(
                SuspensionKind.DECRYPT,
                List.of(
                        Setup.plain(Exchange.RSA),
                        Setup.plain(Exchange.RSA).with(Auth.WANTED_WITH),
                        Setup.plain(Exchange.RSA_PSK)));
        askers.put(
                SuspensionKind.CLIENT_CERTIFICATE,
                List.of(
                        ECDSA.with(Auth.WANTED_WITH),
                        ECDSA.with(Auth.REQUIRED_WITH),
                        Setup.plain(Exchange.RSA).with(Auth.REQUIRED_WITH)));
        askers.put(
                SuspensionKind.PSK_LOOKUP,
                List.of(
                        Setup.plain(Exchange.PSK),
                        Setup.plain(Exchange.DHE_PSK),
                        Setup.plain(Exchange.ECDHE_PSK),
                        Setup.plain(Exchange.RSA_PSK)));
        return askers;
    }

    private void failingOperations() {
        for (Fault fault : Fault.values()) {
            askers().forEach((kind, setups) -> {
                for (Setup setup : fault == Fault.NEVER_ANSWERS ? List.<Setup>of() : setups) {
                    for (Speed speed : Speed.values()) {
                        String name = kind + " " + fault;
                        twice(name, setup.with(speed), talk -> talk.journal().fault(kind, fault), talk -> talk.flight()
                                .ends());
                    }
                }
            });
        }
    }

    private void interruptedWaits() {
        askers().forEach((kind, setups) -> {
            for (Setup setup : setups) {
                interrupted(kind, setup, "close_notify", talk -> talk.say("CLOSE", closeNotify()));
                interrupted(
                        kind, setup, "alert", talk -> talk.say("ALERT", fatalAlert(AlertDescription.INTERNAL_ERROR)));
                interrupted(kind, setup, "end of stream", Talk::endsStream);
                put("waits for " + kind + " and is closed", setup, talk -> {
                    meets(talk, kind);
                    talk.hello().flight().serverCloses();
                });
                if (kind.ordinal() >= SuspensionKind.DECRYPT.ordinal()) {
                    // what stands behind a ClientHello is another matter
                    interrupted(kind, setup, "DATA", talk -> talk.say("DATA", applicationData("too early")));
                    interrupted(kind, setup, "CH", talk -> talk.say("type 1", strayHandshake(1, new byte[0])));
                }
            }
        });
        for (Exchange exchange : List.of(Exchange.RSA, Exchange.PSK, Exchange.RSA_PSK)) {
            Setup slow = Setup.plain(exchange).with(Speed.SLOW);
            twice(
                    "waits with all of the flight there",
                    slow,
                    talk -> talk.pausesAt(SuspensionKind.DECRYPT, SuspensionKind.PSK_LOOKUP),
                    talk -> talk.flight(1)
                            .goesOn()
                            .say("CCS FIN", changeCipherSpec(), finished())
                            .ends());
        }
    }

    private void interrupted(SuspensionKind kind, Setup setup, String by, Consumer<Talk> act) {
        twice("waits for " + kind + " and gets " + by, setup, talk -> meets(talk, kind), talk -> {
            talk.flight();
            act.accept(talk.goesOn());
        });
    }

    private static void meets(Talk talk, SuspensionKind kind) {
        talk.journal().fault(kind, Fault.NEVER_ANSWERS);
        talk.pausesAt(kind);
    }
}
