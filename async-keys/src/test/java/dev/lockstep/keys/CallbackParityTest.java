package dev.lockstep.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.keys.AsyncContext.Inject;
import dev.lockstep.testkit.JdkClient;
import dev.lockstep.testkit.JdkConversation;
import dev.lockstep.testkit.ServerDriver;
import dev.lockstep.testkit.TestServers;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.tls.StepResult;
import dev.lockstep.tls.config.Policy;
import dev.lockstep.tls.config.RenegotiationPolicy;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.spec.AlertDescription;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * ASYNC.md group A through the literal four callbacks and the JDK's client: the cases of Mbed TLS's own test script
 * under their numbers. 8 and 9, with a pre-shared key, are in {@link CallbackPskParityTest}.
 */
@Timeout(60)
class CallbackParityTest {

    private static final String ECDSA = "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256";
    private static final String ECDHE_RSA = "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256";
    private static final String RSA = "TLS_RSA_WITH_AES_128_GCM_SHA256";

    private final AsyncContext async = new AsyncContext();

    private static Credential external(TestIdentity identity, CallbackKey key) {
        return Credential.external(identity.chain(), key);
    }

    private static Credential withLocal(TestIdentity identity, CallbackKey key) {
        return Credential.external(identity.chain(), key, identity.privateKey());
    }

    private static void assertSucceeded(JdkConversation talk) {
        assertThat(talk.server().failure()).isNull();
        assertThat(talk.client().failure()).isNull();
        assertThat(talk.echoed()).isTrue();
    }

    private static void assertSignFailed(JdkConversation talk) {
        assertThat(talk.server().failure().alert()).isEqualTo(AlertDescription.INTERNAL_ERROR);
        assertThat(talk.client().failure()).hasMessageContaining("internal_error");
    }

    /** Every decrypt error looks the same, and only at Finished. */
    private static void assertMasked(JdkConversation talk) {
        assertThat(talk.server().failure().alert()).isEqualTo(AlertDescription.BAD_RECORD_MAC);
        assertThat(talk.client().failure()).hasMessageContaining("bad_record_mac");
    }

    private String[] startThenResumes(String start, int resumes) {
        String[] calls = new String[resumes + 1];
        java.util.Arrays.fill(calls, "resume");
        calls[0] = start;
        return calls;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void a1To3SignWithSoManyResumesThatAnswerInProgress(int delay) throws Exception {
        for (TestIdentity identity : new TestIdentity[] {TestIdentity.RSA_2048, TestIdentity.P256}) {
            async.calls.clear();
            async.slot(identity, delay);
            JdkConversation talk = JdkConversation.polling(
                            external(identity, async.both()), identity == TestIdentity.P256 ? ECDSA : ECDHE_RSA)
                    .run();

            assertSucceeded(talk);
            assertThat(async.calls).containsExactly(startThenResumes("sign", delay + 1));
            assertThat(talk.server().suspensions() > 0).isEqualTo(delay > 0);
        }
    }

    @Test
    void a5SignWithSniTheSniCertificateReachesStart() throws Exception {
        async.slot(TestIdentity.RSA_2048, 1).slot(TestIdentity.RSA_2048_OTHER, 1);
        TlsServerConfig config = TlsServerConfig.builder()
                .policy(Policy.COMPATIBLE)
                .credential(external(TestIdentity.RSA_2048, async.both()))
                .credential("other.test", external(TestIdentity.RSA_2048_OTHER, async.both()))
                .build();

        SSLEngine engine = JdkClient.engine(JdkClient.contextThatTrustsAll(), ECDHE_RSA);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setServerNames(List.of(new SNIHostName("other.test")));
        engine.setSSLParameters(parameters);
        JdkClient client = new JdkClient(engine);

        assertThat(new ServerDriver(config, client).converse()).isEqualTo(StepResult.NEED_INPUT);
        assertThat(async.lastSigned.certificate()).isEqualTo(TestIdentity.RSA_2048_OTHER.certificate());
        assertThat(async.lastSigned.serverName()).isEqualTo("other.test");
        assertThat(client.serverCertificate()).isEqualTo(TestIdentity.RSA_2048_OTHER.certificate());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void a6And7DecryptWithSoManyResumesThatAnswerInProgress(int delay) throws Exception {
        async.slot(TestIdentity.RSA_2048, delay);
        JdkConversation talk = JdkConversation.polling(external(TestIdentity.RSA_2048, async.both()), RSA)
                .run();

        assertSucceeded(talk);
        assertThat(async.calls).containsExactly(startThenResumes("decrypt", delay + 1));
    }

    @Test
    void a10WithoutSignCallbackAndLocalKeyEcdheIsRefusedAndRsaStillWorks() throws Exception {
        async.slot(TestIdentity.RSA_2048, 1);
        Credential credential = external(TestIdentity.RSA_2048, async.decryptOnly());

        JdkConversation refused = JdkConversation.of(credential, ECDHE_RSA).run();
        assertThat(refused.server().failure().alert()).isEqualTo(AlertDescription.HANDSHAKE_FAILURE);
        assertThat(async.calls).isEmpty();

        assertSucceeded(JdkConversation.polling(credential, ECDHE_RSA, RSA).run());
        assertThat(async.calls).containsExactly("decrypt", "resume", "resume");
    }

    @Test
    void a11WithoutDecryptCallbackAndLocalKeyRsaIsRefusedAndEcdheStillWorks() throws Exception {
        async.slot(TestIdentity.RSA_2048, 1);
        Credential credential = external(TestIdentity.RSA_2048, async.signOnly());

        JdkConversation refused = JdkConversation.of(credential, RSA).run();
        assertThat(refused.server().failure().alert()).isEqualTo(AlertDescription.HANDSHAKE_FAILURE);

        assertSucceeded(JdkConversation.polling(credential, RSA, ECDHE_RSA).run());
        assertThat(async.calls).containsExactly("sign", "resume", "resume");
    }

    @Test
    void a12To14OfTwoKeysTheOneThatIsMeantIsUsed() throws Exception {
        for (TestIdentity external : new TestIdentity[] {TestIdentity.P256, TestIdentity.RSA_2048}) {
            AsyncContext context = new AsyncContext().slot(external, 1);
            TlsServerConfig config = TestServers.live(
                    withLocal(TestIdentity.P256, context.both()), withLocal(TestIdentity.RSA_2048, context.both()));
            assertSucceeded(JdkConversation.polling(config, ECDSA).run());
            assertSucceeded(JdkConversation.polling(config, ECDHE_RSA).run());
            assertThat(context.calls)
                    .containsExactly(
                            external == TestIdentity.P256
                                    ? new String[] {"sign", "resume", "resume", "sign:fallthrough"}
                                    : new String[] {"sign:fallthrough", "sign", "resume", "resume"});
        }
        AsyncContext context = new AsyncContext().slot(TestIdentity.P256, 0).slot(TestIdentity.RSA_2048, 0);
        TlsServerConfig config = TestServers.live(
                external(TestIdentity.P256, context.both()), external(TestIdentity.RSA_2048, context.both()));
        JdkConversation ec = JdkConversation.of(config, ECDSA).run();
        assertThat(ec.client().serverCertificate()).isEqualTo(TestIdentity.P256.certificate());
        JdkConversation rsa = JdkConversation.of(config, ECDHE_RSA).run();
        assertThat(rsa.client().serverCertificate()).isEqualTo(TestIdentity.RSA_2048.certificate());
        assertSucceeded(ec);
        assertSucceeded(rsa);
    }

    @Test
    void a15FallsBackToTheLocalKey() throws Exception {
        Credential credential = withLocal(TestIdentity.RSA_2048, async.both());

        assertSucceeded(JdkConversation.of(credential, ECDHE_RSA).run());
        assertSucceeded(JdkConversation.of(credential, RSA).run());

        assertThat(async.calls).containsExactly("sign:fallthrough", "decrypt:fallthrough");
    }

    @Test
    void a16SignErrorInStartMeansNoResumeAndNoCancel() throws Exception {
        async.slot(TestIdentity.RSA_2048, 1).inject = Inject.START;

        assertSignFailed(JdkConversation.of(external(TestIdentity.RSA_2048, async.both()), ECDHE_RSA)
                .run());

        assertThat(async.calls).containsExactly("sign");
    }

    @Test
    void a17SignCancelledAfterStartMeansNoResumeAndOneCancel() throws Exception {
        async.slot(TestIdentity.RSA_2048, 1);

        JdkConversation talk = JdkConversation.of(external(TestIdentity.RSA_2048, async.both()), ECDHE_RSA)
                .suspends();
        talk.server().closes();

        assertThat(async.calls).containsExactly("sign", "cancel:true");
        assertThat(talk.client().isFinished()).isFalse();
    }

    @Test
    void a18SignErrorInResumeMeansNoCancelAndTheResultIsNotUsed() throws Exception {
        async.slot(TestIdentity.RSA_2048, 1).inject = Inject.RESUME;

        assertSignFailed(JdkConversation.polling(external(TestIdentity.RSA_2048, async.both()), ECDHE_RSA)
                .run());

        assertThat(async.calls).containsExactly("sign", "resume", "resume");
    }

    @Test
    void a19DecryptErrorInStartSurfacesAtFinished() throws Exception {
        async.slot(TestIdentity.RSA_2048, 1).inject = Inject.START;

        assertMasked(JdkConversation.of(external(TestIdentity.RSA_2048, async.both()), RSA)
                .run());

        assertThat(async.calls).containsExactly("decrypt");
    }

    @Test
    void a20DecryptCancelledAfterStartMeansNoResumeAndOneCancel() throws Exception {
        async.slot(TestIdentity.RSA_2048, 1);

        JdkConversation.of(external(TestIdentity.RSA_2048, async.both()), RSA)
                .suspends()
                .server()
                .closes();

        assertThat(async.calls).containsExactly("decrypt", "cancel:true");
    }

    @Test
    void a21DecryptErrorInResumeSurfacesAtFinished() throws Exception {
        async.slot(TestIdentity.RSA_2048, 1).inject = Inject.RESUME;

        assertMasked(JdkConversation.polling(external(TestIdentity.RSA_2048, async.both()), RSA)
                .run());

        assertThat(async.calls).containsExactly("decrypt", "resume", "resume");
    }

    @ParameterizedTest
    @ValueSource(strings = {ECDHE_RSA, RSA})
    void a22TheFirstConnectionCancelledTheSecondCorrect(String suite) throws Exception {
        async.slot(TestIdentity.RSA_2048, 1);
        TlsServerConfig config = TestServers.live(external(TestIdentity.RSA_2048, async.both()));

        JdkConversation.of(config, suite).suspends().server().closes();
        assertSucceeded(JdkConversation.polling(config, suite).run());

        assertThat(async.calls).filteredOn("cancel:true"::equals).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {ECDHE_RSA, RSA})
    void a23TheFirstFailedInResumeTheSecondCorrect(String suite) throws Exception {
        async.slot(TestIdentity.RSA_2048, 1).inject = Inject.RESUME;
        TlsServerConfig config = TestServers.live(external(TestIdentity.RSA_2048, async.both()));

        assertThat(JdkConversation.polling(config, suite).run().server().failure())
                .isNotNull();
        async.inject = Inject.NONE;
        assertSucceeded(JdkConversation.polling(config, suite).run());

        assertThat(async.calls).noneMatch(call -> call.startsWith("cancel"));
    }

    @Test
    void a24And25AfterACancelOrAnErrorAnotherCertificateFallsBackToItsLocalKey() throws Exception {
        for (boolean cancelled : new boolean[] {true, false}) {
            AsyncContext context = new AsyncContext().slot(TestIdentity.RSA_2048, 1);
            context.inject = cancelled ? Inject.NONE : Inject.RESUME;
            TlsServerConfig config = TestServers.live(
                    external(TestIdentity.RSA_2048, context.both()), withLocal(TestIdentity.P256, context.both()));

            JdkConversation first = JdkConversation.polling(config, ECDHE_RSA);
            if (cancelled) {
                first.suspends().server().closes();
            } else {
                assertThat(first.run().echoed()).isFalse();
            }
            assertSucceeded(JdkConversation.of(config, ECDSA).run());

            assertThat(context.calls)
                    .containsExactly(
                            cancelled
                                    ? new String[] {"sign", "cancel:true", "sign:fallthrough"}
                                    : new String[] {"sign", "resume", "resume", "sign:fallthrough"});
        }
    }

    @Test
    void aKeyWithoutCallbacksAndWithoutLocalKeyServesNoClient() {
        CallbackKey nothing = CallbackKey.builder().build();

        assertThatThrownBy(() -> TestServers.live(external(TestIdentity.RSA_2048, nothing)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("credential:");
    }

    /** 26 and 28 are asked for by the client, 27 and 29 by the server; 26 and 27 sign, 28 and 29 decrypt. */
    @ParameterizedTest
    @CsvSource({"26, sign, false", "27, sign, true", "28, decrypt, false", "29, decrypt, true"})
    void a26To29ARenegotiationSuspendsReadAndCallsTheSameFour(int number, String kind, boolean byServer)
            throws Exception {
        for (int delay : new int[] {0, 1, 2}) {
            async.calls.clear();
            async.slot(TestIdentity.RSA_2048, delay);
            TlsServerConfig config = TlsServerConfig.builder()
                    .policy(Policy.COMPATIBLE)
                    .credential(external(TestIdentity.RSA_2048, async.both()))
                    .renegotiation(RenegotiationPolicy.ALLOWED
                            .withClientMayAsk(!byServer)
                            .withServerMayAsk(byServer)
                            .withMaxRenegotiations(1)
                            .withMinInterval(Duration.ZERO))
                    .build();
            JdkConversation talk = JdkConversation.polling(config, kind.equals("sign") ? ECDHE_RSA : RSA)
                    .run();
            assertSucceeded(talk);
            assertSucceeded(talk.renegotiates(byServer));

            List<String> expected = new ArrayList<>();
            expected.addAll(List.of(startThenResumes(kind, delay + 1)));
            expected.addAll(List.of(startThenResumes(kind, delay + 1)));
            assertThat(async.calls).as("case %s", number).isEqualTo(expected);
        }
    }
}
