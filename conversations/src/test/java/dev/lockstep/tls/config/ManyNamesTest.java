package dev.lockstep.tls.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.lockstep.testkit.TestServers;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.internal.handshake.choice.SessionBinding;
import dev.lockstep.tls.peer.ClientCertificateVerifier;
import dev.lockstep.tls.peer.Verdict;
import dev.lockstep.tls.peer.VerificationRequest;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.util.List;
import java.util.stream.IntStream;
import javax.security.auth.x500.X500Principal;
import org.junit.jupiter.api.Test;

/** Host names and authorities by the hundred: what is configured once is worked out once, and stays what it was. */
class ManyNamesTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final Credential FIRST = TestServers.local(TestIdentity.P256);
    private static final Credential SECOND = TestServers.local(TestIdentity.P256_OTHER);

    private static final ClientCertificateVerifier MANY_AUTHORITIES = new ClientCertificateVerifier() {
        private final List<X500Principal> names = IntStream.range(0, 500)
                .mapToObj(i -> new X500Principal("CN=Authority " + i))
                .toList();

        @Override
        public Start<Verdict> start(VerificationRequest request, Waker waker) {
            return Start.done(Verdict.accepted());
        }

        @Override
        public List<X500Principal> acceptedIssuers() {
            return names;
        }
    };

    @Test
    void aNameCostsTheSameAmongThousands() {
        building(200);
        long few = building(200) / 200;
        long many = building(4000) / 4000;
        assertThat(many).isLessThan(3 * few + 1000);
    }

    private static long building(int names) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        TlsServerConfigBuilder builder = TestServers.builder();
        for (int i = 0; i < names; i++) {
            builder.credential("host" + i + ".example.org", FIRST);
        }
        TlsServerConfig config = builder.build();
        long bytes = THREADS.getCurrentThreadAllocatedBytes() - before;
        assertThat(config.credentials().all()).hasSize(names);
        return bytes;
    }

    @Test
    void aConfigurationDoesNotSeeWhatIsAddedToItsBuilderLater() {
        TlsServerConfigBuilder builder = TestServers.builder(FIRST).credential("a.example.org", FIRST);
        TlsServerConfig early = builder.build();
        TlsServerConfigBuilder branch = early.toBuilder().credential("branch.example.org", SECOND);
        builder.credential("a.example.org", SECOND)
                .credential("b.example.org", SECOND)
                .credential(SECOND);
        TlsServerConfig late = builder.build();

        assertThat(early.credentials().forHost("a.example.org")).containsExactly(FIRST);
        assertThat(early.credentials().forHost("b.example.org")).isNull();
        assertThat(early.credentials().defaults()).containsExactly(FIRST);
        assertThat(late.credentials().forHost("a.example.org")).containsExactly(FIRST, SECOND);
        assertThat(late.credentials().forHost("b.example.org")).containsExactly(SECOND);
        assertThat(late.credentials().forHost("branch.example.org")).isNull();
        assertThat(late.credentials().defaults()).containsExactly(FIRST, SECOND);
        assertThat(branch.build().credentials().forHost("branch.example.org")).containsExactly(SECOND);
        assertThat(branch.build().credentials().defaults()).containsExactly(FIRST);
    }

    @Test
    void whatSessionsAreBoundToIsComputedOnceForEachName() {
        TlsServerConfig config = TestServers.builder(FIRST)
                .credential("a.example.org", SECOND)
                .credential("*.example.org", SECOND)
                .clientAuthentication("b.example.org", ClientAuthentication.wanted(MANY_AUTHORITIES))
                .build();
        byte[] ofDefaults = SessionBinding.of(config, null);
        assertThat(SessionBinding.of(config, null)).isSameAs(ofDefaults);
        assertThat(SessionBinding.of(config, "elsewhere.org")).isSameAs(ofDefaults);
        assertThat(SessionBinding.of(config, "A.example.org.")).isSameAs(SessionBinding.of(config, "a.example.org"));
        assertThat(SessionBinding.of(config, "a.example.org")).isNotEqualTo(ofDefaults);
        // the same key and policy under another pattern: one binding, as before
        assertThat(SessionBinding.of(config, "c.example.org")).isEqualTo(SessionBinding.of(config, "a.example.org"));
        // another policy for the same key
        assertThat(SessionBinding.of(config, "b.example.org")).isNotEqualTo(SessionBinding.of(config, "a.example.org"));

        TlsServerConfig ofConnection =
                config.with(ConnectionOptions.NONE.withClientAddress(InetAddress.getLoopbackAddress()));
        assertThat(SessionBinding.of(ofConnection, null)).isSameAs(ofDefaults);
        TlsServerConfig stricter = config.with(
                ConnectionOptions.NONE.withClientAuthentication(ClientAuthentication.required(MANY_AUTHORITIES)));
        assertThat(SessionBinding.of(stricter, null)).isNotEqualTo(ofDefaults);
        assertThat(SessionBinding.of(config, null)).isSameAs(ofDefaults);
    }

    @Test
    void namesOfAuthoritiesAreEncodedOnce() {
        ClientAuthentication policy = TestServers.builder(FIRST)
                .clientAuthentication(ClientAuthentication.required(MANY_AUTHORITIES))
                .build()
                .clientAuthentication(null);
        assertThat(policy.encodedCertificateAuthorities())
                .hasSize(500)
                .isSameAs(policy.encodedCertificateAuthorities());
        assertThat(policy.encodedCertificateAuthorities().get(7))
                .isEqualTo(policy.certificateAuthorities().get(7).getEncoded());
        // a policy that is changed for one handshake does not encode them again
        assertThat(policy.withSignatureSchemes(policy.signatureSchemes()).encodedCertificateAuthorities())
                .isSameAs(policy.encodedCertificateAuthorities());
    }
}
