package dev.lockstep.netty;

import static dev.lockstep.testkit.client.ClientMessages.clientHello;
import static dev.lockstep.testkit.client.ClientMessages.renegotiatingClientHello;

import dev.lockstep.testkit.TestServers;
import dev.lockstep.testkit.answer.KeyScript;
import dev.lockstep.testkit.answer.RecordingKey;
import dev.lockstep.testkit.answer.Unanswered;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.client.ClientMessage;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.tls.config.RenegotiationPolicy;
import dev.lockstep.tls.spec.CipherSuite;
import java.time.Duration;

/** Connections in the middle of a wait whose answer never comes. */
final class Waiting {

    private Waiting() {}

    /** Returns a connection that waits. */
    static EmbeddedTls open(Unanswered question, boolean autoRead) {
        EmbeddedTls open = new EmbeddedTls(
                question.configure(TestServers.builder(question.credential())).build(), question.options(), autoRead);
        open.says(clientHello());
        ClientMessage second = question.second();
        return second == null ? open : open.says(second);
    }

    /** Returns an established connection whose second handshake waits for a signature of {@code key}. */
    static EmbeddedTls renegotiating(RecordingKey key) {
        key.then(KeyScript.ready()).signs(KeyScript.never());
        EmbeddedTls open = new EmbeddedTls(
                TestServers.builder(key.credential())
                        .renegotiation(RenegotiationPolicy.ALLOWED.withMinInterval(Duration.ZERO))
                        .build(),
                ClientOptions.offering(CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256));
        open.establishes();
        return open.says(new ClientMessage[] {renegotiatingClientHello()});
    }

    /** A key for {@link #renegotiating}. */
    static RecordingKey key() {
        return new RecordingKey(TestIdentity.RSA_2048);
    }
}
