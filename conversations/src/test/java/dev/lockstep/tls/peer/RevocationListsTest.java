package dev.lockstep.tls.peer;

import static dev.lockstep.testkit.certificate.TestAuthority.NOW;
import static dev.lockstep.tls.peer.Certs.client;
import static dev.lockstep.tls.peer.Certs.crl;
import static dev.lockstep.tls.peer.PathCases.ROOT;
import static dev.lockstep.tls.peer.PathCases.below;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tls.spec.AlertDescription;
import java.lang.reflect.Field;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** What chains cost a verifier with revocation lists, in checks of a list and in memory. */
@Isolated("other tests would find the counting provider")
class RevocationListsTest {

    /** The authority of a client that issues what it likes. */
    private static final X509Certificate OWN =
            below("Own", "own", "Root", "root").sign();

    private static final X509Certificate REVOKED =
            client("revoked", "Middle", "middle 2").sign();

    /** Of an authority with two keys, which only its clients send. */
    private static final List<X509CRL> MIDDLES =
            List.of(crl("Middle", "middle", true), crl("Middle", "middle 2", true, REVOKED));

    private static final X509Certificate FIRST =
            below("Middle", "middle", "Root", "root").sign();
    private static final X509Certificate SECOND =
            below("Middle", "middle 2", "Root", "root").sign();

    private CountingProvider counter;

    @BeforeEach
    void count() {
        counter = CountingProvider.installed();
    }

    @AfterEach
    void stopCounting() {
        counter.close();
    }

    private static PkixVerifier verifier(List<X509CRL> lists) {
        List<X509CRL> all = new ArrayList<>(lists);
        all.add(crl("Own", "own", true));
        all.add(crl("Root", "root", true));
        return PkixVerifier.builder()
                .trust(List.of(ROOT))
                .crls(all)
                .clock(Clock.fixed(NOW, ZoneOffset.UTC))
                .build();
    }

    private static Verdict judge(PkixVerifier verifier, X509Certificate... chain) throws Exception {
        return verifier.verify(new VerificationRequest(List.of(chain), null, OptionalLong.empty()));
    }

    /** A chain through authorities that have the name of a list's issuer, and these keys. */
    private static X509Certificate[] namesakes(String... keys) {
        List<X509Certificate> chain = new ArrayList<>();
        chain.add(client("client", "Middle", keys[0]).sign());
        for (int i = 0; i < keys.length; i++) {
            boolean last = i == keys.length - 1;
            chain.add(below("Middle", keys[i], last ? "Own" : "Middle", last ? "own" : keys[i + 1])
                    .sign());
        }
        chain.add(OWN);
        return chain.toArray(X509Certificate[]::new);
    }

    private static int remembered(PkixVerifier verifier) throws ReflectiveOperationException {
        Field field = PkixVerifier.class.getDeclaredField("revocations");
        field.setAccessible(true);
        return ((RevocationLists) field.get(verifier)).remembered();
    }

    /** Each list counts for the clients of its key. */
    private static void judgesClients(PkixVerifier verifier) throws Exception {
        assertThat(judge(verifier, client("a", "Middle", "middle").sign(), FIRST))
                .isInstanceOf(Verdict.Accepted.class);
        assertThat(judge(verifier, client("b", "Middle", "middle 2").sign(), SECOND))
                .isInstanceOf(Verdict.Accepted.class);
        assertThat(((Verdict.Rejected) judge(verifier, REVOKED, SECOND)).alert())
                .isEqualTo(AlertDescription.CERTIFICATE_REVOKED);
    }

    @Test
    void namesakesWithoutEndAreNotRemembered() throws Exception {
        PkixVerifier verifier = verifier(MIDDLES);
        judgesClients(verifier);
        for (int i = 0; i < 1000; i++) {
            assertThat(judge(verifier, namesakes("namesake " + i))).isInstanceOf(Verdict.Rejected.class);
        }
        assertThat(remembered(verifier)).isBetween(4, 2 * MIDDLES.size() * ListSigners.REMEMBERED);
        judgesClients(verifier);
    }

    /** The only list of a name is the JDK's to look at. */
    @Test
    void keysAreAskedOnlyWhereListsShareAName() throws Exception {
        PkixVerifier verifier = verifier(MIDDLES.subList(0, 1));
        assertThat(judge(verifier, namesakes("namesake"))).isInstanceOf(Verdict.Rejected.class);
        assertThat(judge(verifier, client("a", "Middle", "middle").sign(), FIRST))
                .isInstanceOf(Verdict.Accepted.class);
        assertThat(remembered(verifier)).isZero();
    }

    @Test
    void theKeysOfAnAuthorityThatClientsSendAreAskedOnce() throws Exception {
        PkixVerifier verifier = verifier(MIDDLES);
        for (int i = 0; i < 2; i++) {
            judgesClients(verifier);
            assertThat(remembered(verifier)).isEqualTo(4); // two keys, two lists
        }
    }

    /** A list that is not looked at could be the one that has the client: such a chain is refused. */
    @Test
    void aChainOfManyNamesakesCostsFewChecksAndIsRefused() throws Exception {
        PkixVerifier verifier = verifier(MIDDLES);
        counter.restart();
        Verdict verdict = judge(verifier, namesakes("a", "b", "c", "d"));
        assertThat(((Verdict.Rejected) verdict).alert()).isEqualTo(AlertDescription.CERTIFICATE_UNKNOWN);
        assertThat(((Verdict.Rejected) verdict).reason()).contains("too many keys of one name");
        assertThat(remembered(verifier)).isEqualTo(2 * MIDDLES.size());
        assertThat(counter.verified()).isLessThanOrEqualTo(64 + 2 * MIDDLES.size());
        judgesClients(verifier);
    }
}
