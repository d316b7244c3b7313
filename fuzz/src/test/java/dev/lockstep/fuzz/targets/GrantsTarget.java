package dev.lockstep.fuzz.targets;

import dev.lockstep.fuzz.FileBytes;
import dev.lockstep.fuzz.Input;
import dev.lockstep.fuzz.Target;
import dev.lockstep.keys.keyserver.protocol.KeyId;
import dev.lockstep.server.UsageError;
import dev.lockstep.server.keyserver.policy.ClientGrants;
import dev.lockstep.server.keyserver.policy.ClientIdentity;
import dev.lockstep.server.keyserver.policy.ServerKeyExchangeInput;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.util.Expect;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;

/**
 * A key server's policy. The first byte chooses: who may use which key, or whether a message is what a server of TLS 1.2
 * signs, which nothing is that begins as a message of TLS 1.3 does.
 */
public final class GrantsTarget implements Target {

    private static final int TLS_1_3_SPACES = 64;

    private final X509Certificate certificate = TestIdentity.P256.chain().get(0);
    private final KeyId key = KeyId.of(certificate.getPublicKey());

    @Override
    public void run(byte[] bytes) {
        Input input = new Input(bytes);
        boolean grants = input.below(2) == 0;
        byte[] content = input.rest();
        if (grants) {
            String value = new String(content, StandardCharsets.UTF_8);
            FileBytes.isRead(() -> grants(value));
        } else {
            message(content);
        }
    }

    private void grants(String value) throws UsageError {
        ClientGrants grants = ClientGrants.parse(
                "--allow-client", List.of(value), name -> name.equals("web.pem") ? Set.of(key) : Set.of());
        ClientIdentity identity = grants.identify(certificate, "192.0.2.1:4711");
        Expect.that(
                identity == null
                        || !value.contains("=")
                        || value.endsWith("=*")
                        || identity.mayUse().test(key),
                "the grant is for another key than it says");
    }

    private static void message(byte[] message) {
        boolean dhe = ServerKeyExchangeInput.isWellFormed(message, true);
        boolean ecdhe = ServerKeyExchangeInput.isWellFormed(message, false);
        Expect.that(dhe || !ecdhe, "less is signed where DHE is allowed");
        Expect.that(!dhe || message.length > TLS_1_3_SPACES + 4, "too short to be a ServerKeyExchange");
        if (dhe) {
            // what follows the randoms is a curve (3), or the length of a prime of 2048 to 4096 bits
            int first = message[TLS_1_3_SPACES] & 0xff;
            Expect.that(first == 3 || (first >= 1 && first <= 2), "neither a curve nor a prime");
        }
    }
}
