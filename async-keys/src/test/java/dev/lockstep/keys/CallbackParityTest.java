package dev.lockstep.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.keys.AsyncContext.Inject;
import dev.lockstep.tls.config.Policy;
import dev.lockstep.tls.config.RenegotiationPolicy;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.spec.AlertDescription;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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

    private static Credential external(Identity identity, CallbackKey key) {
        return Credential.external(identity.chain(), key);
    }

    private static Credential withLocal(Identity identity, CallbackKey key) {
        return Credential.external(identity.chain(), key, identity.key());
    }

    private static void assertSucceeded(Talk talk) {
        assertThat(talk.serverFailure).isNull();
        assertThat(talk.clientFailure).isNull();
        assertThat(talk.echoed).isTrue();
    }

    private static void assertSignFailed(Talk talk) {
        assertThat(talk.serverFailure.alert()).isEqualTo(AlertDescription.INTERNAL_ERROR);
        assertThat(talk.clientFailure).hasMessageContaining("internal_error");
    }

    /** Every decrypt error looks the same, and only at Finished. */
    private static void assertMasked(Talk talk) {
        assertThat(talk.serverFailure.alert()).isEqualTo(AlertDescription.BAD_RECORD_MAC);
        assertThat(talk.clientFailure).hasMessageContaining("bad_record_mac");
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
        for (Identity identity : new Identity[] {Identity.RSA, Identity.EC}) {
            async.calls.clear();
            async.slot(identity, delay);
            Talk talk = Talk.with(external(identity, async.both()), identity == Identity.EC ? ECDSA : ECDHE_RSA)
                    .polling()
                    .run();

            assertSucceeded(talk);
            assertThat(async.calls).containsExactly(startThenResumes("sign", delay + 1));
            assertThat(talk.suspensions > 0).isEqualTo(delay > 0);
        }
    }

    @Test
    void a5SignWithSniTheSniCertificateReachesStart() throws Exception {
        async.slot(Identity.RSA, 1).slot(Identity.OTHER_RSA, 1);
        TlsServerConfig config = TlsServerConfig.builder()
                .policy(Policy.COMPATIBLE)
                .credential(external(Identity.RSA, async.both()))
                .credential("other.test", external(Identity.OTHER_RSA, async.both()))
                .build();

        Talk talk = Talk.with(config, ECDHE_RSA, "other.test").polling().run();

        assertSucceeded(talk);
        assertThat(async.lastSigned.certificate())
                .isEqualTo(Identity.OTHER_RSA.chain().get(0));
        assertThat(async.lastSigned.serverName()).isEqualTo("other.test");
        assertThat(talk.peer()).isEqualTo("CN=other_rsa.test");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void a6And7DecryptWithSoManyResumesThatAnswerInProgress(int delay) throws Exception {
        async.slot(Identity.RSA, delay);
        Talk talk =
                Talk.with(external(Identity.RSA, async.both()), RSA).polling().run();

        assertSucceeded(talk);
        assertThat(async.calls).containsExactly(startThenResumes("decrypt", delay + 1));
    }

    @Test
    void a10WithoutSignCallbackAndLocalKeyEcdheIsRefusedAndRsaStillWorks() throws Exception {
        async.slot(Identity.RSA, 1);
        Credential credential = external(Identity.RSA, async.decryptOnly());

        Talk refused = Talk.with(credential, ECDHE_RSA).run();
        assertThat(refused.serverFailure.alert()).isEqualTo(AlertDescription.HANDSHAKE_FAILURE);
        assertThat(async.calls).isEmpty();

        assertSucceeded(Talk.with(credential, ECDHE_RSA + "," + RSA).polling().run());
        assertThat(async.calls).containsExactly("decrypt", "resume", "resume");
    }

    @Test
    void a11WithoutDecryptCallbackAndLocalKeyRsaIsRefusedAndEcdheStillWorks() throws Exception {
        async.slot(Identity.RSA, 1);
        Credential credential = external(Identity.RSA, async.signOnly());

        Talk refused = Talk.with(credential, RSA).run();
        assertThat(refused.serverFailure.alert()).isEqualTo(AlertDescription.HANDSHAKE_FAILURE);

        assertSucceeded(Talk.with(credential, RSA + "," + ECDHE_RSA).polling().run());
        assertThat(async.calls).containsExactly("sign", "resume", "resume");
    }

    @Test
    void a12To14OfTwoKeysTheOneThatIsMeantIsUsed() throws Exception {
        for (Identity external : new Identity[] {Identity.EC, Identity.RSA}) {
            AsyncContext context = new AsyncContext().slot(external, 1);
            TlsServerConfig config =
                    Talk.config(withLocal(Identity.EC, context.both()), withLocal(Identity.RSA, context.both()));
            assertSucceeded(Talk.with(config, ECDSA, null).polling().run());
            assertSucceeded(Talk.with(config, ECDHE_RSA, null).polling().run());
            assertThat(context.calls)
                    .containsExactly(
                            external == Identity.EC
                                    ? new String[] {"sign", "resume", "resume", "sign:fallthrough"}
                                    : new String[] {"sign:fallthrough", "sign", "resume", "resume"});
        }
        AsyncContext context = new AsyncContext().slot(Identity.EC, 0).slot(Identity.RSA, 0);
        TlsServerConfig config =
                Talk.config(external(Identity.EC, context.both()), external(Identity.RSA, context.both()));
        Talk ec = Talk.with(config, ECDSA, null).run();
        assertThat(ec.peer()).isEqualTo("CN=ec.test");
        Talk rsa = Talk.with(config, ECDHE_RSA, null).run();
        assertThat(rsa.peer()).isEqualTo("CN=rsa.test");
        assertSucceeded(ec);
        assertSucceeded(rsa);
    }

    @Test
    void a15FallsBackToTheLocalKey() throws Exception {
        Credential credential = withLocal(Identity.RSA, async.both());

        assertSucceeded(Talk.with(credential, ECDHE_RSA).run());
        assertSucceeded(Talk.with(credential, RSA).run());

        assertThat(async.calls).containsExactly("sign:fallthrough", "decrypt:fallthrough");
    }

    @Test
    void a16SignErrorInStartMeansNoResumeAndNoCancel() throws Exception {
        async.slot(Identity.RSA, 1).inject = Inject.START;

        assertSignFailed(
                Talk.with(external(Identity.RSA, async.both()), ECDHE_RSA).run());

        assertThat(async.calls).containsExactly("sign");
    }

    @Test
    void a17SignCancelledAfterStartMeansNoResumeAndOneCancel() throws Exception {
        async.slot(Identity.RSA, 1);

        Talk talk = Talk.with(external(Identity.RSA, async.both()), ECDHE_RSA)
                .closingWhenSuspended()
                .run();

        assertThat(async.calls).containsExactly("sign", "cancel:true");
        assertThat(talk.echoed).isFalse();
    }

    @Test
    void a18SignErrorInResumeMeansNoCancelAndTheResultIsNotUsed() throws Exception {
        async.slot(Identity.RSA, 1).inject = Inject.RESUME;

        assertSignFailed(Talk.with(external(Identity.RSA, async.both()), ECDHE_RSA)
                .polling()
                .run());

        assertThat(async.calls).containsExactly("sign", "resume", "resume");
    }

    @Test
    void a19DecryptErrorInStartSurfacesAtFinished() throws Exception {
        async.slot(Identity.RSA, 1).inject = Inject.START;

        assertMasked(Talk.with(external(Identity.RSA, async.both()), RSA).run());

        assertThat(async.calls).containsExactly("decrypt");
    }

    @Test
    void a20DecryptCancelledAfterStartMeansNoResumeAndOneCancel() throws Exception {
        async.slot(Identity.RSA, 1);

        Talk.with(external(Identity.RSA, async.both()), RSA)
                .closingWhenSuspended()
                .run();

        assertThat(async.calls).containsExactly("decrypt", "cancel:true");
    }

    @Test
    void a21DecryptErrorInResumeSurfacesAtFinished() throws Exception {
        async.slot(Identity.RSA, 1).inject = Inject.RESUME;

        assertMasked(
                Talk.with(external(Identity.RSA, async.both()), RSA).polling().run());

        assertThat(async.calls).containsExactly("decrypt", "resume", "resume");
    }

    @ParameterizedTest
    @ValueSource(strings = {ECDHE_RSA, RSA})
    void a22TheFirstConnectionCancelledTheSecondCorrect(String suite) throws Exception {
        async.slot(Identity.RSA, 1);
        TlsServerConfig config = Talk.config(external(Identity.RSA, async.both()));

        Talk.with(config, suite, null).closingWhenSuspended().run();
        assertSucceeded(Talk.with(config, suite, null).polling().run());

        assertThat(async.calls).filteredOn("cancel:true"::equals).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {ECDHE_RSA, RSA})
    void a23TheFirstFailedInResumeTheSecondCorrect(String suite) throws Exception {
        async.slot(Identity.RSA, 1).inject = Inject.RESUME;
        TlsServerConfig config = Talk.config(external(Identity.RSA, async.both()));

        assertThat(Talk.with(config, suite, null).polling().run().serverFailure).isNotNull();
        async.inject = Inject.NONE;
        assertSucceeded(Talk.with(config, suite, null).polling().run());

        assertThat(async.calls).noneMatch(call -> call.startsWith("cancel"));
    }

    @Test
    void a24And25AfterACancelOrAnErrorAnotherCertificateFallsBackToItsLocalKey() throws Exception {
        for (boolean cancelled : new boolean[] {true, false}) {
            AsyncContext context = new AsyncContext().slot(Identity.RSA, 1);
            context.inject = cancelled ? Inject.NONE : Inject.RESUME;
            TlsServerConfig config =
                    Talk.config(external(Identity.RSA, context.both()), withLocal(Identity.EC, context.both()));

            Talk first = Talk.with(config, ECDHE_RSA, null).polling();
            if (cancelled) {
                first.closingWhenSuspended();
            }
            assertThat(first.run().echoed).isFalse();
            assertSucceeded(Talk.with(config, ECDSA, null).run());

            assertThat(context.calls)
                    .containsExactly(
                            cancelled
                                    ? new String[] {"sign", "cancel:true", "sign:fallthrough"}
                                    : new String[] {"sign", "resume", "resume", "sign:fallthrough"});
        }
    }

    @Test
    void aKeyWithoutCallbacksAndWithoutLocalKeyServesNobody() {
        CallbackKey nothing = CallbackKey.builder().build();

        assertThatThrownBy(() -> Talk.config(external(Identity.RSA, nothing)))
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
            async.slot(Identity.RSA, delay);
            TlsServerConfig config = TlsServerConfig.builder()
                    .policy(Policy.COMPATIBLE)
                    .credential(external(Identity.RSA, async.both()))
                    .renegotiation(RenegotiationPolicy.ALLOWED
                            .withClientMayAsk(!byServer)
                            .withServerMayAsk(byServer)
                            .withMaxRenegotiations(1)
                            .withMinInterval(Duration.ZERO))
                    .build();
            Talk talk = Talk.with(config, kind.equals("sign") ? ECDHE_RSA : RSA, null)
                    .polling()
                    .renegotiating(byServer)
                    .run();

            assertSucceeded(talk);
            List<String> expected = new ArrayList<>();
            expected.addAll(List.of(startThenResumes(kind, delay + 1)));
            expected.addAll(List.of(startThenResumes(kind, delay + 1)));
            assertThat(async.calls).as("case %s", number).isEqualTo(expected);
        }
    }
}
