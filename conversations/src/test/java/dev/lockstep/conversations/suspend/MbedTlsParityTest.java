package dev.lockstep.conversations.suspend;

import static dev.lockstep.conversations.fixture.Setting.signingSuite;
import static dev.lockstep.testkit.Conversation.fullAnswer;
import static dev.lockstep.testkit.Conversation.rsaAnswer;
import static dev.lockstep.testkit.TestServers.DECRYPTING_SUITE;
import static dev.lockstep.testkit.TestServers.builder;
import static dev.lockstep.testkit.TestServers.config;
import static dev.lockstep.testkit.TestServers.decryptingClient;
import static dev.lockstep.testkit.TestServers.local;
import static dev.lockstep.testkit.certificate.TestIdentity.P256;
import static dev.lockstep.testkit.certificate.TestIdentity.P256_OTHER;
import static dev.lockstep.testkit.certificate.TestIdentity.RSA_2048;
import static dev.lockstep.testkit.certificate.TestIdentity.RSA_2048_OTHER;
import static dev.lockstep.testkit.client.ClientMessages.changeCipherSpec;
import static dev.lockstep.testkit.client.ClientMessages.clientHello;
import static dev.lockstep.testkit.client.ClientMessages.clientKeyExchange;
import static dev.lockstep.testkit.client.ClientMessages.finished;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.conversations.fixture.Setting;
import dev.lockstep.testkit.Conversation;
import dev.lockstep.testkit.Forms;
import dev.lockstep.testkit.answer.KeyScript;
import dev.lockstep.testkit.answer.RecordedOperation;
import dev.lockstep.testkit.answer.RecordingKey;
import dev.lockstep.testkit.answer.RecordingKey.DecryptForm;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.testkit.client.Seen.Kind;
import dev.lockstep.tls.StepResult;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.spec.SignatureFamily;
import dev.lockstep.tls.spec.SignatureScheme;
import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.SuspensionKind;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The cases that Mbed TLS tests of its own private-key callbacks, under their numbers. The renegotiations, 26 to 29, are in
 * {@link RenegotiationParityTest}.
 */
class MbedTlsParityTest {

    private static final String ALL = "dev.lockstep.conversations.fixture.Setting#all";
    private static final String INPUTS = "dev.lockstep.conversations.fixture.Setting#inputs";
    private static final String SUSPENDING = "dev.lockstep.conversations.fixture.Setting#suspending";
    private static final String ALL_FORMS = "dev.lockstep.testkit.Forms#all";
    private static final String INPUT_FORMS = "dev.lockstep.testkit.Forms#inputs";
    private static final String SUSPENDING_FORMS = "dev.lockstep.testkit.Forms#suspending";

    private static final OperationException BROKEN =
            new OperationException(OperationException.Reason.KEY_UNAVAILABLE, "the token was pulled out");

    @ParameterizedTest(name = "1 sign d0: {0}")
    @MethodSource(INPUTS)
    void case01SignD0(Setting setting) {
        RecordedOperation operation = signs(setting, KeyScript.ready(), 1);
        assertThat(operation.resumedInTheStepThatStarted()).isTrue();
    }

    @ParameterizedTest(name = "2 sign d1: {0}")
    @MethodSource(INPUTS)
    void case02SignD1(Setting setting) {
        signs(setting, KeyScript.inProgress(1), 2);
    }

    @ParameterizedTest(name = "3 sign d2, start exactly once: {0}")
    @MethodSource(INPUTS)
    void case03SignD2StartExactlyOnce(Setting setting) {
        signs(setting, KeyScript.inProgress(2), 3);
    }

    private static RecordedOperation signs(Setting setting, KeyScript script, int resumes) {
        RecordingKey key = new RecordingKey(setting.identity()).signs(script);
        Conversation conversation = Conversation.of(config(key.credential()), setting.signingClient(), setting.forms());
        conversation.client().sends(clientHello());
        conversation.server().answers(fullAnswer());
        RecordedOperation operation = key.operation();
        assertThat(operation.resumes()).isEqualTo(resumes);
        assertThat(conversation.server().results().contains(StepResult.ASYNC_IN_PROGRESS))
                .as("suspended")
                .isEqualTo(resumes > 1);
        conversation.secondFlight();
        conversation.server().answers(Kind.CHANGE_CIPHER_SPEC, Kind.FINISHED);
        conversation.exchangesData();
        assertThat(key.operation().cancels()).isZero();
        key.assertDisciplined();
        return operation;
    }

    static Stream<Arguments> everyHash() {
        return Stream.of(SignatureScheme.values())
                .filter(scheme -> scheme.family() == SignatureFamily.RSA_PKCS1)
                .flatMap(scheme -> Forms.all().map(forms -> Arguments.of(scheme, forms)));
    }

    @ParameterizedTest(name = "4 RSA-PKCS1 with every hash: {0}, {1}")
    @MethodSource("everyHash")
    void case04RsaPkcs1WithEveryHash(SignatureScheme scheme, Forms forms) {
        RecordingKey key = new RecordingKey(RSA_2048).signs(forms.script());
        ClientOptions options = ClientOptions.offering(signingSuite(RSA_2048)).schemes(scheme);
        Conversation conversation = Conversation.of(config(key.credential()), options, forms);
        conversation.completes();
        assertThat(key.operation().signRequest().scheme()).isEqualTo(scheme);
        assertThat(conversation.client().scheme()).isEqualTo(scheme.code());
        key.assertDisciplined();
    }

    @ParameterizedTest(name = "5 sign with SNI, the SNI certificate reaches start: {0}")
    @MethodSource(ALL)
    void case05SniCertificateReachesStart(Setting setting) {
        RecordingKey ofName =
                new RecordingKey(setting.identity()).signs(setting.forms().script());
        RecordingKey ofEverybody = new RecordingKey(setting.identity().isRsa() ? RSA_2048_OTHER : P256_OTHER);
        TlsServerConfig config = builder(ofEverybody.credential())
                .credential("one.example.org", ofName.credential())
                .build();
        Conversation conversation =
                Conversation.of(config, setting.signingClient().serverName("one.example.org"), setting.forms());
        conversation.completes();
        RecordedOperation operation = ofName.operation();
        assertThat(operation.signRequest().certificate())
                .isEqualTo(setting.identity().certificate());
        assertThat(operation.signRequest().serverName()).isEqualTo("one.example.org");
        assertThat(conversation.client().certificate())
                .isEqualTo(setting.identity().certificate());
        assertThat(ofEverybody.starts()).isZero();
        ofName.assertDisciplined();
    }

    @ParameterizedTest(name = "6 decrypt d0: {0}")
    @MethodSource(INPUT_FORMS)
    void case06DecryptD0(Forms forms) {
        for (DecryptForm form : DecryptForm.values()) {
            assertThat(decrypts(forms, KeyScript.ready(), form, 1).resumedInTheStepThatStarted())
                    .isTrue();
        }
    }

    @ParameterizedTest(name = "7 decrypt d1: {0}")
    @MethodSource(INPUT_FORMS)
    void case07DecryptD1(Forms forms) {
        for (DecryptForm form : DecryptForm.values()) {
            decrypts(forms, KeyScript.inProgress(1), form, 2);
        }
    }

    private static RecordedOperation decrypts(Forms forms, KeyScript script, DecryptForm form, int resumes) {
        RecordingKey key = new RecordingKey(RSA_2048).decrypts(script).decryptForm(form);
        Conversation conversation = Conversation.of(config(key.credential()), decryptingClient(), forms);
        conversation.client().sends(clientHello());
        conversation.server().answers(rsaAnswer());
        assertThat(key.starts()).isZero();
        conversation.secondFlight();
        conversation.server().answers(Kind.CHANGE_CIPHER_SPEC, Kind.FINISHED);
        conversation.exchangesData();
        RecordedOperation operation = key.operation();
        assertThat(operation.resumes()).isEqualTo(resumes);
        assertThat(operation.cancels()).isZero();
        key.assertDisciplined();
        return operation;
    }

    @ParameterizedTest(name = "10 no sign callback and no local key: ECDHE refused, TLS_RSA works: {0}")
    @MethodSource(ALL_FORMS)
    void case10NoSignCallback(Forms forms) {
        RecordingKey key = new RecordingKey(RSA_2048).schemes().decrypts(forms.script());
        TlsServerConfig config = config(key.credential());
        refused(config, ClientOptions.offering(signingSuite(RSA_2048)), forms);
        assertThat(key.starts()).isZero();
        Conversation.of(config, decryptingClient(), forms).completes();
        Conversation both =
                Conversation.of(config, ClientOptions.offering(signingSuite(RSA_2048), DECRYPTING_SUITE), forms);
        assertThat(both.completes().client().cipherSuite()).isEqualTo(DECRYPTING_SUITE);
        assertThat(key.starts()).isEqualTo(2);
        key.assertDisciplined();
    }

    @ParameterizedTest(name = "11 no decrypt callback: TLS_RSA refused, ECDHE works: {0}")
    @MethodSource(ALL_FORMS)
    void case11NoDecryptCallback(Forms forms) {
        RecordingKey key = new RecordingKey(RSA_2048).canDecrypt(false).signs(forms.script());
        TlsServerConfig config = config(key.credential());
        refused(config, decryptingClient(), forms);
        assertThat(key.starts()).isZero();
        Conversation.of(config, ClientOptions.offering(signingSuite(RSA_2048)), forms)
                .completes();
        Conversation both =
                Conversation.of(config, ClientOptions.offering(DECRYPTING_SUITE, signingSuite(RSA_2048)), forms);
        assertThat(both.completes().client().cipherSuite()).isEqualTo(signingSuite(RSA_2048));
        key.assertDisciplined();
    }

    private static void refused(TlsServerConfig config, ClientOptions options, Forms forms) {
        Conversation conversation = Conversation.of(config, options, forms);
        conversation.client().sends(clientHello());
        conversation.server().refuses(AlertDescription.HANDSHAKE_FAILURE);
    }

    @ParameterizedTest(name = "12 two keys, only the EC one external: used: {0}")
    @MethodSource(ALL_FORMS)
    void case12OnlyTheEcKeyExternal(Forms forms) {
        RecordingKey ec = new RecordingKey(P256).signs(forms.script());
        TlsServerConfig config = config(local(RSA_2048), ec.credential());
        Conversation.of(config, ClientOptions.offering(signingSuite(P256)), forms)
                .completes();
        assertThat(ec.operation().signRequest().certificate()).isEqualTo(P256.certificate());
        Conversation.of(config, ClientOptions.offering(signingSuite(RSA_2048)), forms)
                .completes();
        assertThat(ec.starts()).isEqualTo(1);
        ec.assertDisciplined();
    }

    @ParameterizedTest(name = "13 two keys, only the RSA one external: used: {0}")
    @MethodSource(ALL_FORMS)
    void case13OnlyTheRsaKeyExternal(Forms forms) {
        RecordingKey rsa = new RecordingKey(RSA_2048).signs(forms.script());
        TlsServerConfig config = config(local(P256), rsa.credential());
        Conversation.of(config, ClientOptions.offering(signingSuite(RSA_2048)), forms)
                .completes();
        assertThat(rsa.operation().signRequest().certificate()).isEqualTo(RSA_2048.certificate());
        Conversation.of(config, ClientOptions.offering(signingSuite(P256)), forms)
                .completes();
        assertThat(rsa.starts()).isEqualTo(1);
        rsa.assertDisciplined();
    }

    @ParameterizedTest(name = "14 both keys external: the right one used: {0}")
    @MethodSource(ALL)
    void case14BothKeysExternal(Setting setting) {
        RecordingKey rsa = new RecordingKey(RSA_2048).signs(setting.forms().script());
        RecordingKey ec = new RecordingKey(P256).signs(setting.forms().script());
        TlsServerConfig config = config(rsa.credential(), ec.credential());
        Conversation.of(config, setting.signingClient(), setting.forms()).completes();
        assertThat(rsa.starts()).isEqualTo(setting.identity().isRsa() ? 1 : 0);
        assertThat(ec.starts()).isEqualTo(setting.identity().isRsa() ? 0 : 1);
        rsa.assertDisciplined();
        ec.assertDisciplined();
    }

    @ParameterizedTest(name = "15 fall back to the local key: {0}")
    @MethodSource(INPUTS)
    void case15FallBackToTheLocalKey(Setting setting) {
        RecordingKey key = new RecordingKey(setting.identity()).answers(KeyScript.fallThrough());
        TlsServerConfig config = config(key.credentialWithLocalKey());
        Conversation.of(config, setting.signingClient(), setting.forms()).completes();
        notPending(key.operation());
        if (setting.identity().isRsa()) {
            Conversation.of(config, decryptingClient(), setting.forms()).completes();
            notPending(key.operations().get(1));
        }
        key.assertDisciplined();
    }

    @ParameterizedTest(name = "16 sign, error in start: no resume, no cancel: {0}")
    @MethodSource(INPUTS)
    void case16SignErrorInStart(Setting setting) {
        for (KeyScript script : new KeyScript[] {KeyScript.startFails(BROKEN), KeyScript.startThrows(BROKEN)}) {
            RecordingKey key = new RecordingKey(setting.identity()).signs(script);
            Conversation conversation =
                    Conversation.of(config(key.credential()), setting.signingClient(), setting.forms());
            conversation.client().sends(clientHello());
            conversation.server().refuses(AlertDescription.INTERNAL_ERROR, Kind.SERVER_HELLO, Kind.CERTIFICATE);
            assertThat(conversation.server().failure()).hasRootCause(BROKEN);
            notPending(key.operation());
            key.assertDisciplined();
        }
    }

    private static void notPending(RecordedOperation operation) {
        assertThat(operation.resumes()).as("resumes").isZero();
        assertThat(operation.cancels()).as("cancels").isZero();
    }

    @ParameterizedTest(name = "17 sign, cancel after start: no resume, one cancel: {0}")
    @MethodSource(INPUTS)
    void case17SignCancelAfterStart(Setting setting) {
        RecordingKey key = new RecordingKey(setting.identity()).signs(KeyScript.never());
        cancelledWhileSigning(key, config(key.credential()), setting.signingClient(), setting.forms());
        assertThat(key.operation().resumes()).isZero();
        assertThat(key.operation().cancels()).isEqualTo(1);
        key.assertDisciplined();
    }

    private static void cancelledWhileSigning(
            RecordingKey key, TlsServerConfig config, ClientOptions options, Forms forms) {
        Conversation conversation = Conversation.of(config, options, forms);
        conversation.client().sends(clientHello());
        conversation.server().suspendsFor(SuspensionKind.SIGN);
        conversation.server().closes();
        conversation.server().hasCancelled(Kind.SERVER_HELLO, Kind.CERTIFICATE);
        conversation.server().isDead();
        assertThat(key.operation().cancels()).isEqualTo(1);
    }

    @ParameterizedTest(name = "18 sign, error in resume: no cancel, result not used: {0}")
    @MethodSource(ALL)
    void case18SignErrorInResume(Setting setting) {
        RecordingKey key = new RecordingKey(setting.identity())
                .signs(setting.forms().script().thenFails(BROKEN));
        failedWhileSigning(config(key.credential()), setting.signingClient(), setting.forms());
        assertThat(key.operation().cancels()).isZero();
        key.assertDisciplined();
    }

    private static void failedWhileSigning(TlsServerConfig config, ClientOptions options, Forms forms) {
        Conversation conversation = Conversation.of(config, options, forms);
        conversation.client().sends(clientHello());
        conversation.server().refuses(AlertDescription.INTERNAL_ERROR, Kind.SERVER_HELLO, Kind.CERTIFICATE);
        assertThat(conversation.server().failure()).hasRootCause(BROKEN);
    }

    @ParameterizedTest(name = "19 decrypt, error in start: no resume, no cancel, seen only at Finished: {0}")
    @MethodSource(INPUT_FORMS)
    void case19DecryptErrorInStart(Forms forms) {
        for (KeyScript script : new KeyScript[] {KeyScript.startFails(BROKEN), KeyScript.startThrows(BROKEN)}) {
            RecordingKey key = new RecordingKey(RSA_2048).decrypts(script);
            masked(config(key.credential()), forms);
            notPending(key.operation());
            key.assertDisciplined();
        }
    }

    @ParameterizedTest(name = "20 decrypt, cancel after start: no resume, one cancel: {0}")
    @MethodSource(INPUT_FORMS)
    void case20DecryptCancelAfterStart(Forms forms) {
        RecordingKey key = new RecordingKey(RSA_2048).decrypts(KeyScript.never());
        Conversation conversation = Conversation.of(config(key.credential()), decryptingClient(), forms);
        conversation.clientHelloAndAnswer().secondFlight();
        conversation.server().suspendsFor(SuspensionKind.DECRYPT);
        conversation.server().closes();
        conversation.server().hasCancelled();
        conversation.server().isDead();
        assertThat(key.operation().resumes()).isZero();
        assertThat(key.operation().cancels()).isEqualTo(1);
        key.assertDisciplined();
    }

    @ParameterizedTest(name = "21 decrypt, error in resume: no cancel, seen only at Finished: {0}")
    @MethodSource(ALL_FORMS)
    void case21DecryptErrorInResume(Forms forms) {
        RecordingKey key = new RecordingKey(RSA_2048).decrypts(forms.script().thenFails(BROKEN));
        masked(config(key.credential()), forms);
        assertThat(key.operation().cancels()).isZero();
        key.assertDisciplined();
    }

    private static void masked(TlsServerConfig config, Forms forms) {
        Conversation conversation = Conversation.of(config, decryptingClient(), forms);
        conversation.clientHelloAndAnswer();
        conversation.client().sends(clientKeyExchange(), changeCipherSpec());
        conversation.server().answers();
        assertThat(conversation.server().failure()).isNull();
        conversation.client().sends(finished());
        conversation.server().refuses(AlertDescription.BAD_RECORD_MAC);
    }

    @ParameterizedTest(name = "22 first connection cancelled, second correct: {0}")
    @MethodSource(SUSPENDING)
    void case22FirstCancelledSecondCorrect(Setting setting) {
        RecordingKey key = new RecordingKey(setting.identity()).signs(KeyScript.never());
        TlsServerConfig config = config(key.credential());
        cancelledWhileSigning(key, config, setting.signingClient(), setting.forms());
        key.signs(setting.forms().script());
        Conversation.of(config, setting.signingClient(), setting.forms()).completes();
        assertThat(key.starts()).isEqualTo(2);
        key.assertDisciplined();
    }

    @ParameterizedTest(name = "23 first failed in resume, second correct: {0}")
    @MethodSource(SUSPENDING)
    void case23FirstFailedSecondCorrect(Setting setting) {
        RecordingKey key = new RecordingKey(setting.identity())
                .signs(setting.forms().script().thenFails(BROKEN));
        TlsServerConfig config = config(key.credential());
        failedWhileSigning(config, setting.signingClient(), setting.forms());
        key.signs(setting.forms().script());
        Conversation.of(config, setting.signingClient(), setting.forms()).completes();
        assertThat(key.starts()).isEqualTo(2);
        key.assertDisciplined();
    }

    @ParameterizedTest(name = "24 cancelled, then another certificate falls back to its local key: {0}")
    @MethodSource(SUSPENDING_FORMS)
    void case24CancelledThenAnotherFallsBack(Forms forms) {
        RecordingKey rsa = new RecordingKey(RSA_2048).signs(KeyScript.never());
        RecordingKey ec = new RecordingKey(P256).signs(KeyScript.fallThrough());
        TlsServerConfig config = config(rsa.credential(), ec.credentialWithLocalKey());
        cancelledWhileSigning(rsa, config, ClientOptions.offering(signingSuite(RSA_2048)), forms);
        fallsBack(ec, config, forms);
        assertThat(rsa.starts()).isEqualTo(1);
        rsa.assertDisciplined();
    }

    @ParameterizedTest(name = "25 failed in resume, then another certificate falls back to its local key: {0}")
    @MethodSource(SUSPENDING_FORMS)
    void case25FailedThenAnotherFallsBack(Forms forms) {
        RecordingKey rsa = new RecordingKey(RSA_2048).signs(forms.script().thenFails(BROKEN));
        RecordingKey ec = new RecordingKey(P256).signs(KeyScript.fallThrough());
        TlsServerConfig config = config(rsa.credential(), ec.credentialWithLocalKey());
        failedWhileSigning(config, ClientOptions.offering(signingSuite(RSA_2048)), forms);
        fallsBack(ec, config, forms);
        assertThat(rsa.starts()).isEqualTo(1);
        rsa.assertDisciplined();
    }

    private static void fallsBack(RecordingKey ec, TlsServerConfig config, Forms forms) {
        Conversation conversation = Conversation.of(config, ClientOptions.offering(signingSuite(P256)), forms);
        assertThat(conversation.completes().client().certificate()).isEqualTo(P256.certificate());
        notPending(ec.operation());
        ec.assertDisciplined();
    }
}
