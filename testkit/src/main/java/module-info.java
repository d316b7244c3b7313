import org.jspecify.annotations.NullMarked;

/**
 * A TLS 1.2 client that sends what a test tells it to send, and the keys, stores and certificates such a test needs.
 *
 * <p>{@code dev.lockstep.testkit} runs a client and a server in memory, {@code .client} is the client and what it can
 * send, {@code .answer} has scripted keys, PSK sources, session stores and verifiers, {@code .certificate} makes
 * certificates, {@code .util} has what is repeatable: clocks, randomness, bytes. No test framework is needed: what
 * fails throws {@link AssertionError}.
 */
@NullMarked
module dev.lockstep.testkit {
    requires static transitive org.jspecify;
    requires transitive dev.lockstep.tls;
    requires transitive org.bouncycastle.provider;
    requires org.bouncycastle.pkix;
    requires static org.opentest4j; // of Needed alone
    requires java.management; // when the compiler has come to rest

    exports dev.lockstep.testkit;
    exports dev.lockstep.testkit.answer;
    exports dev.lockstep.testkit.certificate;
    exports dev.lockstep.testkit.client;
    exports dev.lockstep.testkit.util;
}
