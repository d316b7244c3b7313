package dev.lockstep.conversations.oracle;

import static dev.lockstep.testkit.client.ClientMessages.applicationData;
import static dev.lockstep.testkit.client.ClientMessages.changeCipherSpec;
import static dev.lockstep.testkit.client.ClientMessages.clientHello;
import static dev.lockstep.testkit.client.ClientMessages.clientKeyExchange;
import static dev.lockstep.testkit.client.ClientMessages.finished;
import static dev.lockstep.testkit.client.ClientMessages.warningAlert;

import dev.lockstep.conversations.oracle.Setup.Exchange;
import dev.lockstep.conversations.oracle.Setup.Speed;
import dev.lockstep.testkit.client.ClientMessage;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.tls.config.RenegotiationPolicy;
import dev.lockstep.tls.spec.AlertDescription;
import java.util.List;
import java.util.function.Consumer;

/** Second and third handshakes of a connection: who asks for them, and what binds them to the one before. */
final class Repetitions extends Scenes {

    private static final Setup ECDSA = Setup.plain(Exchange.ECDHE_ECDSA);

    Repetitions() {
        for (Speed speed : Speed.values()) {
            for (Setup setup :
                    List.of(ECDSA.with(speed), Oddities.RESUMING.get(1).with(speed))) {
                later("no extended master secret", setup, options -> options.extendedMasterSecret(false));
                later("no renegotiation_info", setup, options -> options.renegotiationInfo(false));
                later(
                        "the SCSV",
                        setup,
                        options -> options.suiteCodes(setup.exchange().suite().code(), 0xff));
                put("another binding", setup, talk -> talk.hello().flight().say("CH", client -> {
                    client.beginRenegotiation(binding -> binding[0] ^= 1);
                    client.sends(clientHello());
                }));
                put("asked for another handshake", setup, talk -> talk.hello()
                        .flight()
                        .serverAsks()
                        .renegotiate(false)
                        .ends());
                put("asked for another handshake and not willing", setup, talk -> talk.hello()
                        .flight()
                        .serverAsks()
                        .say("WARNING", warningAlert(AlertDescription.NO_RENEGOTIATION))
                        .ends());
                put("data between the messages", setup, talk -> {
                    talk.hello().flight();
                    talk.helloAgain();
                    ClientMessage data = applicationData("in between");
                    talk.say("DATA", data);
                    if (setup.isResumable()) {
                        talk.say("CCS", changeCipherSpec()).say("FIN", finished());
                    } else {
                        talk.say("CKE", clientKeyExchange())
                                .say("DATA", data)
                                .say("CCS", changeCipherSpec())
                                .say("FIN", finished());
                    }
                    talk.ends();
                });
                put("three handshakes", setup, talk -> talk.hello()
                        .flight()
                        .renegotiate(true)
                        .renegotiate(false)
                        .ends());
            }
        }
        unbound("legacy client", options -> options.renegotiationInfo(false), Talk.RENEGOTIATES);
        unbound("refused", options -> {}, RenegotiationPolicy.REFUSED);
        unbound("once only", options -> {}, Talk.RENEGOTIATES.withMaxRenegotiations(1));
        unbound(
                "only the server asks",
                options -> {},
                Talk.RENEGOTIATES.withClientMayAsk(false).withServerMayAsk(true));
    }

    private void unbound(String name, Consumer<ClientOptions> change, RenegotiationPolicy policy) {
        put("renegotiation: " + name, ECDSA, policy, talk -> {
            change.accept(talk.options());
            talk.hello().flight().serverAsks();
            for (int i = 0; i < 7; i++) {
                talk.helloAgain().flight();
            }
            talk.ends();
        });
    }
}
