package dev.lockstep.conversations.oracle;

import static dev.lockstep.testkit.client.ClientAuthMessages.certificate;
import static dev.lockstep.testkit.client.ClientAuthMessages.certificateVerify;
import static dev.lockstep.testkit.client.ClientMessages.applicationData;
import static dev.lockstep.testkit.client.ClientMessages.changeCipherSpec;
import static dev.lockstep.testkit.client.ClientMessages.clientKeyExchange;
import static dev.lockstep.testkit.client.ClientMessages.finished;

import dev.lockstep.conversations.oracle.Setup.Auth;
import dev.lockstep.conversations.oracle.Setup.Exchange;
import dev.lockstep.conversations.oracle.Setup.Issue;
import dev.lockstep.conversations.oracle.Setup.Session;
import dev.lockstep.conversations.oracle.Setup.Speed;
import dev.lockstep.conversations.oracle.Setup.Ticket;
import dev.lockstep.testkit.client.ClientMessage;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.testkit.util.Bytes;
import dev.lockstep.tls.config.RenegotiationPolicy;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.spec.SignatureScheme;
import java.security.PrivateKey;
import java.util.List;
import java.util.function.UnaryOperator;

/** Conversations one by one: bad proofs, unusual clients, and what binds one handshake to another. */
final class Oddities extends Scenes {

    private static final Setup ECDSA = Setup.plain(Exchange.ECDHE_ECDSA);
    static final List<Setup> RESUMING = List.of(
            ECDSA.with(Session.KNOWN),
            ECDSA.with(Ticket.VALID, Issue.YES),
            Setup.plain(Exchange.PSK).with(Ticket.VALID, Issue.RENEWED));

    Oddities() {
        badProofs();
        badKeyExchanges();
        otherClients();
        ending();
        refusedResumptions();
    }

    private void badProofs() {
        for (Exchange exchange : Exchange.values()) {
            put("wrong Finished", Setup.plain(exchange), talk -> talk.hello()
                    .say("CKE", clientKeyExchange())
                    .say("CCS", changeCipherSpec())
                    .say("FIN", finished(data -> Bytes.flipped(data, 0))));
            put("wrong Finished later", Setup.plain(exchange), talk -> talk.hello()
                    .flight()
                    .helloAgain()
                    .flight(2)
                    .say("FIN", finished(data -> Bytes.flipped(data, 0))));
        }
        for (Setup setup : RESUMING) {
            put("wrong Finished", setup, talk -> talk.hello()
                    .say("CCS", changeCipherSpec())
                    .say("FIN", finished(data -> Bytes.flipped(data, 0)))
                    .ends());
        }
        for (Exchange exchange : List.of(Exchange.ECDHE_ECDSA, Exchange.RSA)) {
            Setup asking = Setup.plain(exchange).with(Auth.REQUIRED_WITH);
            verifies(asking, "another key", OracleKeys.OTHER_CLIENT_KEY, messages -> messages);
            verifies(asking, "another transcript", OracleKeys.CLIENT_KEY, messages -> Bytes.flipped(messages, -1));
            for (boolean mayChange : new boolean[] {false, true}) {
                RenegotiationPolicy policy = Talk.RENEGOTIATES.withClientCertificateMayChange(mayChange);
                put(
                        "another client later, which " + (mayChange ? "may" : "may not") + " be",
                        asking,
                        policy,
                        talk -> talk.hello()
                                .flight()
                                .helloAgain()
                                .say("CERT", certificate(List.of(OracleKeys.OTHER_CLIENT)))
                                .say("CKE", clientKeyExchange())
                                .say("CV", verify(OracleKeys.OTHER_CLIENT_KEY, messages -> messages))
                                .say("CCS", changeCipherSpec())
                                .say("FIN", finished())
                                .ends());
            }
        }
    }

    private void verifies(Setup setup, String what, PrivateKey key, UnaryOperator<byte[]> messages) {
        put("CertificateVerify of " + what, setup, talk -> talk.hello()
                .flight(2)
                .say("CV", verify(key, messages)));
    }

    /** A CertificateVerify whose signature is the same every time. */
    static ClientMessage verify(PrivateKey key, UnaryOperator<byte[]> messages) {
        SignatureScheme scheme = SignatureScheme.ED25519;
        return certificateVerify(scheme, scheme.code(), key, messages, body -> body);
    }

    private void badKeyExchanges() {
        for (Exchange exchange : Exchange.values()) {
            for (Speed speed : Speed.values()) {
                Setup setup = Setup.plain(exchange).with(speed);
                sends(setup, "of zeros", body -> new byte[body.length]);
                sends(setup, "cut short", body -> Bytes.slice(body, 0, body.length - 1));
                sends(setup, "with one bit changed", body -> Bytes.flipped(body, -1));
                if (exchange.isPsk()) {
                    unusual("unknown identity", setup, options -> options.psk(new byte[] {'x'}, ClientOptions.PSK));
                    unusual("empty identity", setup, options -> options.psk(new byte[0], ClientOptions.PSK));
                    unusual("another key", setup, options -> options.psk(ClientOptions.PSK_IDENTITY, new byte[32]));
                }
            }
        }
    }

    private void sends(Setup setup, String what, UnaryOperator<byte[]> change) {
        put("ClientKeyExchange " + what, setup, talk -> talk.hello()
                .say("CKE", clientKeyExchange(change))
                .say("CCS", changeCipherSpec())
                .say("FIN", finished())
                .ends());
    }

    private void otherClients() {
        for (Exchange exchange : Exchange.values()) {
            Setup setup = Setup.plain(exchange);
            Setup asking = setup.with(Auth.WANTED_WITH, Ticket.EMPTY, Issue.YES);
            unusual("no extended master secret", setup, options -> options.extendedMasterSecret(false));
            unusual("no extended master secret", asking, options -> options.extendedMasterSecret(false));
            unusual("no extensions", setup, ClientOptions::withoutExtensions);
            unusual("a server name", setup, options -> options.serverName("example.org"));
            unusual(
                    "another suite",
                    setup,
                    options -> options.suites(
                            exchange == Exchange.RSA
                                    ? CipherSuite.TLS_PSK_WITH_AES_128_GCM_SHA256
                                    : Exchange.RSA.suite()));
        }
        Setup rsa = Setup.plain(Exchange.ECDHE_RSA);
        unusual("CBC", rsa, options -> options.suites(CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256));
        unusual("every suite", rsa, options -> options.suites(CipherSuite.values()));
        unusual("P-256 alone", rsa, options -> options.groupCodes(23));
        unusual("no group in common", rsa, options -> options.groupCodes(30));
        unusual("no scheme in common", rsa, options -> options.schemes(SignatureScheme.ED448));
        unusual("version 1.1", rsa, options -> options.version(0x0302));
        unusual("version 1.3", rsa, options -> options.version(0x0304));
        unusual("a compression method", rsa, options -> options.compressions(1));
    }

    private void ending() {
        put("closed by the server at once", ECDSA, Talk::serverCloses);
        put("closed by the server", ECDSA, talk -> talk.hello().flight().serverCloses());
        put("end of stream", ECDSA, talk -> talk.hello().flight().endsStream());
        put("end of stream in the handshake", ECDSA, talk -> talk.hello().endsStream());
        put("output ended", ECDSA, talk -> talk.hello()
                .flight()
                .serverEndsOutput()
                .say("DATA", applicationData("more"))
                .helloAgain()
                .endsStream());
    }

    private void refusedResumptions() {
        for (Setup setup : RESUMING) {
            for (Speed speed : Speed.values()) {
                Setup each = setup.with(speed);
                unusual("no extended master secret", each, options -> options.extendedMasterSecret(false));
                unusual("another server name", each, options -> options.serverName("example.org"));
                unusual(
                        "another suite",
                        each,
                        options -> options.suites(
                                each.exchange().isPsk()
                                        ? CipherSuite.TLS_PSK_WITH_AES_256_GCM_SHA384
                                        : CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384));
            }
        }
    }
}
