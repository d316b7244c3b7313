package dev.lockstep.tls.testkit;

import dev.lockstep.tls.spec.CipherSuite;
import java.util.stream.Stream;

/** A way of running a conversation, and the server's key. */
public record Setting(Forms forms, TestIdentity identity) {

    /** Every form with an RSA and an EC key. */
    public static Stream<Setting> all() {
        return with(Forms.all(), TestIdentity.RSA_2048, TestIdentity.P256);
    }

    /** Every input form with an RSA and an EC key. */
    public static Stream<Setting> inputs() {
        return with(Forms.inputs(), TestIdentity.RSA_2048, TestIdentity.P256);
    }

    /** Every form in which the key does not answer at once, with an RSA and an EC key. */
    public static Stream<Setting> suspending() {
        return with(Forms.suspending(), TestIdentity.RSA_2048, TestIdentity.P256);
    }

    private static Stream<Setting> with(Stream<Forms> forms, TestIdentity... identities) {
        return forms.flatMap(form -> Stream.of(identities).map(identity -> new Setting(form, identity)));
    }

    /** A suite with ephemeral keys for which the key signs. */
    public CipherSuite signingSuite() {
        return signingSuite(identity);
    }

    public static CipherSuite signingSuite(TestIdentity identity) {
        return identity.isRsa()
                ? CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256
                : CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256;
    }

    /** A client that makes the server's key sign. */
    public ClientOptions signingClient() {
        return ClientOptions.offering(signingSuite());
    }

    @Override
    public String toString() {
        return identity + ", " + forms;
    }
}
