package dev.lockstep.server.abuse;

import dev.lockstep.testkit.certificate.TestAuthority;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Chains that cost a verifier much: every certificate bears one name, which is also its issuer's. */
final class JunkChain {

    private JunkChain() {}

    /** As many as a chain may have, each of another key, in an order that leads nowhere. */
    static List<X509Certificate> of(int length) {
        Instant now = Instant.now();
        List<X509Certificate> chain = new ArrayList<>();
        for (int i = 0; i < length; i++) {
            KeyPair keys = TestAuthority.keyPair("EC", "secp256r1");
            chain.add(TestAuthority.root("junk", now)
                    .order("junk", keys.getPublic())
                    .sign());
        }
        Collections.reverse(chain);
        return chain;
    }
}
