package dev.lockstep.conversations.suspend;

import static dev.lockstep.conversations.fixture.Setting.signingSuite;
import static dev.lockstep.testkit.Conversation.fullAnswer;
import static dev.lockstep.testkit.TestServers.builder;
import static dev.lockstep.testkit.TestServers.config;
import static dev.lockstep.testkit.TestServers.decryptingClient;
import static dev.lockstep.testkit.TestServers.local;
import static dev.lockstep.testkit.certificate.TestIdentity.P256;
import static dev.lockstep.testkit.certificate.TestIdentity.RSA_2048;
import static dev.lockstep.testkit.client.ClientMessages.changeCipherSpec;
import static dev.lockstep.testkit.client.ClientMessages.clientHello;
import static dev.lockstep.testkit.client.ClientMessages.clientKeyExchange;
import static dev.lockstep.testkit.client.ClientMessages.finished;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.conversations.fixture.Setting;
import dev.lockstep.testkit.Conversation;
import dev.lockstep.testkit.Forms;
import dev.lockstep.testkit.answer.KeyForm;
import dev.lockstep.testkit.answer.KeyScript;
import dev.lockstep.testkit.answer.RecordedOperation;
import dev.lockstep.testkit.answer.RecordingKey;
import dev.lockstep.testkit.certificate.SchemeSignatures;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.testkit.client.Seen.Kind;
import dev.lockstep.testkit.util.Bytes;
import dev.lockstep.tls.StepResult;
import dev.lockstep.tls.TlsException;
import dev.lockstep.tls.TlsServerConnection;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.credential.CredentialSelector;
import dev.lockstep.tls.key.SignatureVerification;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.SuspensionKind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** When start, resume and cancel are called, and what becomes of every answer they can give. */
class OperationContractTest {

    private static final String ALL = "dev.lockstep.conversations.fixture.Setting#all";
    private static final String INPUTS = "dev.lockstep.conversations.fixture.Setting#inputs";
    private static final String ALL_FORMS = "dev.lockstep.testkit.Forms#all";
    private static final String INPUT_FORMS = "dev.lockstep.testkit.Forms#inputs";

    private static final RuntimeException FAULT = new IllegalArgumentException("a fault of the key's own");

    @ParameterizedTest
    @MethodSource(ALL)
    void startsOnceAndResumesNeverBeforeStartReturnedNorAfterTheEnd(Setting setting) {
        RecordingKey key =
                new RecordingKey(setting.identity()).answers(setting.forms().script());
        TlsServerConfig config = config(key.credential());
        Conversation.of(config, setting.signingClient(), setting.forms()).completes();
        assertThat(key.starts()).isEqualTo(1);
        if (setting.identity().isRsa()) {
            Conversation.of(config, decryptingClient(), setting.forms()).completes();
            assertThat(key.starts()).isEqualTo(2);
        }
        key.assertDisciplined();
    }

    @ParameterizedTest
    @MethodSource(INPUTS)
    void readyIsResumedInTheSameStep(Setting setting) {
        RecordingKey key = new RecordingKey(setting.identity()).signs(KeyScript.ready());
        suspend(key, setting, false);
        assertThat(key.operation().resumedInTheStepThatStarted()).isTrue();
        assertThat(key.operation().resumes()).isEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource(INPUTS)
    void inProgressIsNotResumedInTheSameStep(Setting setting) {
        RecordingKey key = new RecordingKey(setting.identity()).signs(KeyScript.inProgress(0));
        Conversation conversation = suspend(key, setting, true);
        assertThat(key.operation().resumes()).isZero();
        conversation.server().answers(fullAnswer());
        assertThat(key.operation().resumedInTheStepThatStarted()).isFalse();
        assertThat(key.operation().resumes()).isEqualTo(1);
        key.assertDisciplined();
    }

    @ParameterizedTest
    @MethodSource(INPUTS)
    void readyMayStillSayTwiceThatItIsInProgress(Setting setting) {
        RecordingKey key = new RecordingKey(setting.identity()).answers(KeyScript.readyAfter(2));
        TlsServerConfig config = config(key.credential());
        Conversation signing = Conversation.of(config, setting.signingClient(), setting.forms());
        signing.client().sends(clientHello());
        signing.server().suspendsFor(SuspensionKind.SIGN);
        assertThat(key.operation().resumes()).isEqualTo(1);
        signing.server().answers(fullAnswer());
        assertThat(key.operation().resumes()).isEqualTo(3);
        if (setting.identity().isRsa()) {
            Conversation.of(config, decryptingClient(), setting.forms()).completes();
            assertThat(key.operations().get(1).resumes()).isEqualTo(3);
        }
        key.assertDisciplined();
    }

    private static Conversation suspend(RecordingKey key, Setting setting, boolean suspends) {
        Conversation conversation = Conversation.of(config(key.credential()), setting.signingClient(), setting.forms());
        conversation.client().sends(clientHello());
        if (suspends) {
            conversation.server().suspendsFor(SuspensionKind.SIGN);
        } else {
            conversation.server().answers(fullAnswer());
        }
        return conversation;
    }

    @ParameterizedTest
    @MethodSource(INPUTS)
    void extraStepsWhilePendingChangeNothing(Setting setting) {
        RecordingKey key = new RecordingKey(setting.identity()).signs(KeyScript.manual());
        Conversation conversation = suspend(key, setting, true);
        byte[] sent = conversation.server().bytesSent();
        for (int steps = 1; steps <= 20; steps++) {
            assertThat(conversation.server().steps()).isEqualTo(StepResult.ASYNC_IN_PROGRESS);
            assertThat(key.operation().resumes()).isLessThanOrEqualTo(steps);
        }
        assertThat(conversation.server().bytesSent()).isEqualTo(sent);
        assertThat(key.starts()).isEqualTo(1);
        key.operation().complete();
        conversation.server().answers(fullAnswer());
        conversation.secondFlight();
        conversation.server().answers(Kind.CHANGE_CIPHER_SPEC, Kind.FINISHED);
        key.assertDisciplined();
    }

    @ParameterizedTest
    @MethodSource(INPUTS)
    void aStartThatThrowsOrReturnsNullEndsTheHandshakeWhenSigning(Setting setting) {
        for (KeyScript script : new KeyScript[] {KeyScript.startThrows(FAULT), KeyScript.startReturnsNull()}) {
            RecordingKey key = new RecordingKey(setting.identity()).signs(script);
            failsToSign(key, setting);
            assertThat(key.operation().resumes()).isZero();
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void aResumeThatThrowsOrReturnsNullEndsTheHandshakeWhenSigning(Setting setting) {
        for (UnaryOperator<KeyScript> ending : endings()) {
            failsToSign(
                    new RecordingKey(setting.identity())
                            .signs(ending.apply(setting.forms().script())),
                    setting);
        }
    }

    private static List<UnaryOperator<KeyScript>> endings() {
        return List.of(script -> script.thenThrows(FAULT), KeyScript::thenReturnsNull);
    }

    private static void failsToSign(RecordingKey key, Setting setting) {
        Conversation conversation = Conversation.of(config(key.credential()), setting.signingClient(), setting.forms());
        conversation.client().sends(clientHello());
        conversation.server().refuses(AlertDescription.INTERNAL_ERROR, Kind.SERVER_HELLO, Kind.CERTIFICATE);
        assertThat(key.operation().cancels()).isZero();
        key.assertDisciplined();
    }

    @ParameterizedTest
    @MethodSource(ALL_FORMS)
    void whateverThrowsOrReturnsNullIsMaskedWhenDecrypting(Forms forms) {
        List<KeyScript> scripts = new ArrayList<>();
        scripts.add(KeyScript.startThrows(FAULT));
        scripts.add(KeyScript.startReturnsNull());
        endings().forEach(ending -> scripts.add(ending.apply(forms.script())));
        for (KeyScript script : scripts) {
            RecordingKey key = new RecordingKey(RSA_2048).decrypts(script);
            failsOnlyAtFinished(key, config(key.credential()), forms);
        }
    }

    private static void failsOnlyAtFinished(RecordingKey key, TlsServerConfig config, Forms forms) {
        Conversation conversation = Conversation.of(config, decryptingClient(), forms);
        conversation.clientHelloAndAnswer();
        conversation.client().sends(clientKeyExchange(), changeCipherSpec());
        conversation.server().answers();
        conversation.client().sends(finished());
        conversation.server().refuses(AlertDescription.BAD_RECORD_MAC);
        assertThat(key.operation().cancels()).isZero();
        key.assertDisciplined();
    }

    @ParameterizedTest
    @MethodSource(INPUTS)
    void aCancelThatThrowsIsDropped(Setting setting) {
        RecordingKey key =
                new RecordingKey(setting.identity()).signs(KeyScript.never().cancelThrows(FAULT));
        cancelsOnce(key, setting);
    }

    /** Kotlin, Scala and Lombok throw checked exceptions that Java does not see. */
    @ParameterizedTest
    @MethodSource(INPUTS)
    void aCheckedExceptionOfACancelIsDroppedToo(Setting setting) {
        KeyScript script = KeyScript.never().cancelThrows(new IOException("the key server is gone"));
        cancelsOnce(new RecordingKey(setting.identity()).signs(script), setting);
    }

    private static void cancelsOnce(RecordingKey key, Setting setting) {
        Conversation conversation = suspend(key, setting, true);
        conversation.server().closes();
        conversation.server().hasCancelled(Kind.SERVER_HELLO, Kind.CERTIFICATE);
        assertThat(key.operation().cancels()).isEqualTo(1);
        key.assertDisciplined();
    }

    /** step, read, write and close from inside a callback are refused, and the connection is none the worse. */
    @ParameterizedTest
    @MethodSource(INPUTS)
    void reEntryFromStartAndResumeIsRefusedAndTheConnectionIntact(Setting setting) {
        Conversation[] conversation = new Conversation[1];
        AtomicInteger attempts = new AtomicInteger();
        Runnable reEntry = () -> reEnters(conversation[0].server().connection(), attempts);
        RecordingKey key = new RecordingKey(setting.identity())
                .answers(KeyScript.inProgress(1).onStart(reEntry).onResume(reEntry));
        TlsServerConfig config = config(key.credential());
        conversation[0] = Conversation.of(config, setting.signingClient(), setting.forms());
        conversation[0].completes();
        assertThat(attempts).hasValue(3);
        if (setting.identity().isRsa()) {
            conversation[0] = Conversation.of(config, decryptingClient(), setting.forms());
            conversation[0].completes();
            assertThat(attempts).hasValue(6);
        }
        key.assertDisciplined();
    }

    @ParameterizedTest
    @MethodSource(INPUTS)
    void reEntryFromCancelIsRefusedAndTheCloseContinues(Setting setting) {
        Conversation[] conversation = new Conversation[1];
        AtomicInteger attempts = new AtomicInteger();
        RecordingKey key = new RecordingKey(setting.identity())
                .signs(KeyScript.never()
                        .onCancel(() -> reEnters(conversation[0].server().connection(), attempts)));
        conversation[0] = suspend(key, setting, true);
        conversation[0].server().closes();
        conversation[0].server().hasCancelled(Kind.SERVER_HELLO, Kind.CERTIFICATE);
        assertThat(attempts).hasValue(1);
        assertThat(key.operation().cancels()).isEqualTo(1);
        key.assertDisciplined();
    }

    private static void reEnters(TlsServerConnection tls, AtomicInteger attempts) {
        ByteBuffer empty = ByteBuffer.allocate(0);
        ByteBuffer room = ByteBuffer.allocate(TlsServerConnection.NETWORK_BUFFER_SIZE);
        assertThatThrownBy(() -> tls.step(empty, room)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> tls.close(room)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> tls.read(empty, room)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> tls.write(empty, room)).isInstanceOf(IllegalStateException.class);
        assertThat(room.position()).as("bytes written").isZero();
        attempts.incrementAndGet();
    }

    static Stream<Arguments> badSignatures() {
        Map<String, UnaryOperator<byte[]>> changes = Map.of(
                "empty", signature -> new byte[0],
                "one byte too long", signature -> Bytes.concat(signature, new byte[1]),
                "much too long", signature -> new byte[70_000],
                "one byte too short", signature -> Bytes.slice(signature, 0, signature.length - 1),
                "not DER, or not below the modulus", signature -> Bytes.concat(Bytes.u8(0xff), tail(signature)),
                "one bit flipped", signature -> Bytes.flipped(signature, -1),
                "all zero", signature -> new byte[signature.length]);
        return changes.keySet().stream().flatMap(name -> Setting.all()
                .filter(setting -> setting.forms().key() != KeyForm.AFTER_TWO_RESUMES)
                .map(setting -> Arguments.of(name, changes.get(name), setting)));
    }

    private static byte[] tail(byte[] b) {
        return Bytes.slice(b, 1, b.length - 1);
    }

    @ParameterizedTest(name = "{0}: {2}")
    @MethodSource("badSignatures")
    void aBadSignatureIsNeverSent(String what, UnaryOperator<byte[]> change, Setting setting) {
        failsToSign(
                new RecordingKey(setting.identity())
                        .signs(setting.forms().script().changed(change)),
                setting);
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void aSignatureByAnotherKeyIsNeverSent(Setting setting) {
        TestIdentity other = setting.identity().isRsa() ? TestIdentity.RSA_2048_OTHER : TestIdentity.P256_OTHER;
        RecordingKey key = new RecordingKey(setting.identity())
                .signs(setting.forms().script())
                .signer((request, message) -> SchemeSignatures.sign(request.scheme(), other.privateKey(), message));
        failsToSign(key, setting);
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void aSignatureOverAnotherConnectionsMessageIsNeverSent(Setting setting) {
        RecordingKey key = new RecordingKey(setting.identity())
                .signs(setting.forms().script())
                .signer((request, message) -> SchemeSignatures.sign(
                        request.scheme(), setting.identity().privateKey(), Bytes.flipped(message, 0)));
        failsToSign(key, setting);
    }

    /** Verification is a switch; what a ServerKeyExchange may look like is not. */
    @ParameterizedTest
    @MethodSource(INPUTS)
    void withoutVerificationTheSizeOfASignatureStillCounts(Setting setting) {
        List<UnaryOperator<byte[]>> changes = new ArrayList<>();
        changes.add(signature -> new byte[0]);
        if (setting.identity().isRsa()) {
            changes.add(signature -> Bytes.slice(signature, 0, signature.length - 1));
            changes.add(signature -> Bytes.concat(new byte[1], signature));
        } else {
            changes.add(signature -> new byte[70_000]);
        }
        for (UnaryOperator<byte[]> change : changes) {
            RecordingKey key =
                    new RecordingKey(setting.identity()).signs(KeyScript.ready().changed(change));
            TlsServerConfig config = builder(key.credential())
                    .signatureVerification(SignatureVerification.never())
                    .build();
            Conversation conversation = Conversation.of(config, setting.signingClient(), setting.forms());
            conversation.client().sends(clientHello());
            conversation.server().refuses(AlertDescription.INTERNAL_ERROR, Kind.SERVER_HELLO, Kind.CERTIFICATE);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = TestIdentity.class,
            names = {"RSA_2048", "P256"})
    void twoConnectionsOnOneKeyMayBeAnsweredInReverseOrder(TestIdentity identity) {
        RecordingKey key = new RecordingKey(identity).answers(KeyScript.manual());
        TlsServerConfig config = config(key.credential());
        ClientOptions first = ClientOptions.offering(signingSuite(identity));
        ClientOptions second = ClientOptions.offering(signingSuite(identity)).seed(99);
        Conversation one = Conversation.of(config, first, Forms.PLAIN);
        Conversation two = Conversation.of(config, second, Forms.PLAIN);
        one.client().sends(clientHello());
        two.client().sends(clientHello());
        one.server().suspendsFor(SuspensionKind.SIGN);
        two.server().suspendsFor(SuspensionKind.SIGN);
        List<RecordedOperation> operations = key.operations();
        operations.get(1).complete();
        assertThat(one.server().steps()).isEqualTo(StepResult.ASYNC_IN_PROGRESS);
        two.server().answers(fullAnswer());
        two.secondFlight();
        two.server().answers(Kind.CHANGE_CIPHER_SPEC, Kind.FINISHED);
        two.exchangesData();
        operations.get(0).complete();
        one.server().answers(fullAnswer());
        one.secondFlight();
        one.server().answers(Kind.CHANGE_CIPHER_SPEC, Kind.FINISHED);
        one.exchangesData();
        key.assertDisciplined();
    }

    @Test
    void twoDecryptionsOnOneKeyMayBeAnsweredInReverseOrder() {
        RecordingKey key = new RecordingKey(RSA_2048).decrypts(KeyScript.manual());
        TlsServerConfig config = config(key.credential());
        Conversation one = Conversation.of(config, decryptingClient(), Forms.PLAIN);
        Conversation two = Conversation.of(config, decryptingClient().seed(99), Forms.PLAIN);
        for (Conversation conversation : List.of(one, two)) {
            conversation.clientHelloAndAnswer().secondFlight();
            conversation.server().suspendsFor(SuspensionKind.DECRYPT);
        }
        key.operations().get(1).complete();
        two.server().answers(Kind.CHANGE_CIPHER_SPEC, Kind.FINISHED);
        key.operations().get(0).complete();
        one.server().answers(Kind.CHANGE_CIPHER_SPEC, Kind.FINISHED);
        one.exchangesData();
        two.exchangesData();
        key.assertDisciplined();
    }

    @ParameterizedTest
    @MethodSource(INPUTS)
    void fallThroughWithoutALocalKeyIsAFailure(Setting setting) {
        RecordingKey key = new RecordingKey(setting.identity()).answers(KeyScript.fallThrough());
        failsToSign(key, setting);
        assertThat(key.operation().resumes()).isZero();
        if (setting.identity().isRsa()) {
            RecordingKey decrypting = new RecordingKey(RSA_2048).answers(KeyScript.fallThrough());
            failsOnlyAtFinished(decrypting, config(decrypting.credential()), setting.forms());
        }
    }

    @ParameterizedTest
    @MethodSource(INPUTS)
    void fallThroughWithALocalKeyUsesIt(Setting setting) {
        RecordingKey key = new RecordingKey(setting.identity()).answers(KeyScript.fallThrough());
        Conversation.of(config(key.credentialWithLocalKey()), setting.signingClient(), setting.forms())
                .completes();
        assertThat(key.operation().resumes()).isZero();
        key.assertDisciplined();
    }

    /** What an external key does not have stays with the local one, and the external one is not asked. */
    @ParameterizedTest
    @MethodSource(INPUT_FORMS)
    void whatTheExternalKeyCannotDoTheLocalOneDoes(Forms forms) {
        RecordingKey signsOnly = new RecordingKey(RSA_2048).canDecrypt(false);
        TlsServerConfig config = config(signsOnly.credentialWithLocalKey());
        Conversation.of(config, decryptingClient(), forms).completes();
        assertThat(signsOnly.starts()).isZero();
        RecordingKey decryptsOnly = new RecordingKey(RSA_2048).schemes();
        config = config(decryptsOnly.credentialWithLocalKey());
        Conversation.of(config, ClientOptions.offering(signingSuite(RSA_2048)), forms)
                .completes();
        assertThat(decryptsOnly.starts()).isZero();
    }

    @ParameterizedTest
    @MethodSource(INPUT_FORMS)
    void withEmptyCapabilitiesTheSuiteIsNotTaken(Forms forms) {
        RecordingKey nothing = new RecordingKey(P256).schemes();
        CredentialSelector selector = (request, waker) -> Start.done(List.of(nothing.credential(), local(RSA_2048)));
        TlsServerConfig config = builder().credentialSelector(selector).build();
        Conversation conversation =
                Conversation.of(config, ClientOptions.offering(signingSuite(P256), signingSuite(RSA_2048)), forms);
        assertThat(conversation.completes().client().cipherSuite()).isEqualTo(signingSuite(RSA_2048));
        Conversation onlyEc = Conversation.of(config, ClientOptions.offering(signingSuite(P256)), forms);
        onlyEc.client().sends(clientHello());
        onlyEc.server().refuses(AlertDescription.HANDSHAKE_FAILURE);
        assertThat(nothing.starts()).isZero();
    }

    @Test
    void aConfigurationThatNothingCanServeIsRefusedWhenBuilt() {
        RecordingKey nothing = new RecordingKey(RSA_2048).schemes().canDecrypt(false);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> config(nothing.credential()))
                .withMessageContaining("credential");
    }

    @ParameterizedTest
    @MethodSource(INPUTS)
    void anErrorIsLatchedAndNoSecondSignatureStarts(Setting setting) {
        RecordingKey key = new RecordingKey(setting.identity()).signs(KeyScript.startThrows(FAULT));
        Conversation conversation = Conversation.of(config(key.credential()), setting.signingClient(), setting.forms());
        conversation.client().sends(clientHello());
        conversation.server().refuses(AlertDescription.INTERNAL_ERROR, Kind.SERVER_HELLO, Kind.CERTIFICATE);
        TlsException first = conversation.server().failure();
        for (int again = 0; again < 3; again++) {
            ByteBuffer empty = ByteBuffer.allocate(0);
            ByteBuffer room = ByteBuffer.allocate(TlsServerConnection.NETWORK_BUFFER_SIZE);
            TlsServerConnection tls = conversation.server().connection();
            for (ThrowingCall call : List.<ThrowingCall>of(
                    () -> tls.step(empty, room), () -> tls.read(empty, room), () -> tls.write(empty, room))) {
                assertThatThrownBy(call::run).isSameAs(first);
            }
            assertThat(room.position()).as("bytes written").isZero();
        }
        assertThat(key.starts()).isEqualTo(1);
    }

    private interface ThrowingCall {
        void run() throws Exception;
    }

    @ParameterizedTest
    @MethodSource(INPUT_FORMS)
    void aPremasterSecretIsWipedOnceItWasUsed(Forms forms) {
        for (RecordingKey.DecryptForm form : RecordingKey.DecryptForm.values()) {
            RecordingKey key =
                    new RecordingKey(RSA_2048).decrypts(KeyScript.inProgress(1)).decryptForm(form);
            Conversation.of(config(key.credential()), decryptingClient(), forms).completes();
            assertThat(key.operation().handedOver()).containsOnly(0);
        }
    }
}
