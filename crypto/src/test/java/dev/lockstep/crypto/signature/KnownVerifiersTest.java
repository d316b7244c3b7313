package dev.lockstep.crypto.signature;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.crypto.TestKeys;
import dev.lockstep.crypto.source.PrimitiveSources;
import java.security.PublicKey;
import org.junit.jupiter.api.Test;

/** Keys that come back, and how many of them are kept. */
class KnownVerifiersTest {

    @Test
    void aKeyThatWasKeptIsNotDecodedAgain() {
        KnownVerifiers known = new KnownVerifiers(2, PrimitiveSources.JAVA);
        PublicKey key = TestKeys.P256.getPublic();
        SignatureVerifier first = known.of(key);
        assertThat(known.of(key)).isNotSameAs(first); // nothing is kept unasked
        known.keep(key, first);
        assertThat(known.of(key)).isSameAs(first);
        assertThat(known.of(TestKeys.P384.getPublic())).isNotSameAs(first);
    }

    @Test
    void theOneThatWasNotAskedForLongestMakesRoom() {
        KnownVerifiers known = new KnownVerifiers(2, PrimitiveSources.JAVA);
        PublicKey a = TestKeys.P256.getPublic();
        PublicKey b = TestKeys.P384.getPublic();
        SignatureVerifier ofA = known.of(a);
        SignatureVerifier ofB = known.of(b);
        known.keep(a, ofA);
        known.keep(b, ofB);
        assertThat(known.of(a)).isSameAs(ofA);
        PublicKey c = TestKeys.RSA_2048.getPublic();
        known.keep(c, known.of(c));
        assertThat(known.of(a)).isSameAs(ofA);
        assertThat(known.of(b)).isNotSameAs(ofB);
    }
}
