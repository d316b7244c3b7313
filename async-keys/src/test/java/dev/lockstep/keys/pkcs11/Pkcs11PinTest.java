package dev.lockstep.keys.pkcs11;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.lockstep.keys.BlockingKey;
import dev.lockstep.keys.uri.KeyHolders;
import dev.lockstep.keys.uri.Pkcs11Uri;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.tls.key.SignRequest;
import dev.lockstep.tls.spec.SignatureScheme;
import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.OperationException.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.ThrowingSupplier;
import org.junit.jupiter.api.io.TempDir;

/** Where PINs come from: files that can be read again, pipes that cannot, and places where there is none. */
@Timeout(120)
class Pkcs11PinTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    @TempDir
    Path directory;

    private Path pipe() throws Exception {
        Path pipe = directory.resolve("pin.pipe");
        Process made = new ProcessBuilder("mkfifo", "-m", "600", pipe.toString()).start();
        assertThat(made.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(made.exitValue()).isZero();
        return pipe;
    }

    /** Writes a text into a pipe, once. */
    private static CompletableFuture<Void> feed(Path pipe, String text) {
        return CompletableFuture.runAsync(
                () -> {
                    try {
                        Files.writeString(pipe, text);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                },
                task -> {
                    Thread thread = new Thread(task, "writer of the PIN");
                    thread.setDaemon(true);
                    thread.start();
                });
    }

    private <T> T inTime(ThrowingSupplier<T> what) {
        try {
            return assertTimeoutPreemptively(LIMIT, what);
        } catch (AssertionError e) {
            CompletableFuture<Void> unused =
                    feed(directory.resolve("pin.pipe"), ""); // lets a reader end that waits in vain
            throw e;
        }
    }

    private static void assertNone(Pkcs11Pin pin, String why) {
        assertThatThrownBy(() -> assertTimeoutPreemptively(LIMIT, pin::get))
                .isInstanceOf(OperationException.class)
                .hasMessageContaining(why)
                .extracting(e -> ((OperationException) e).reason())
                .isEqualTo(Reason.KEY_UNAVAILABLE);
    }

    @Test
    void whatAPipeGaveOnceIsThePinUntilItsLastTokenIsClosed() throws Exception {
        Path pipe = pipe();
        Pkcs11Pin pin = Pkcs11Pin.file(pipe);
        pin.use();
        pin.use();
        CompletableFuture<Void> fed = feed(pipe, "1234\n");
        char[] first = inTime(pin::get);
        fed.get(20, TimeUnit.SECONDS);
        assertThat(first).containsExactly('1', '2', '3', '4');
        java.util.Arrays.fill(first, '\0'); // as a login does
        assertThat(inTime(pin::get)).containsExactly('1', '2', '3', '4');
        pin.release();
        assertThat(inTime(pin::get)).containsExactly('1', '2', '3', '4');
        pin.release();

        CompletableFuture<Void> again = feed(pipe, "56");
        assertThat(inTime(pin::get)).as("read again, so nothing was left").containsExactly('5', '6');
        again.get(20, TimeUnit.SECONDS);
    }

    @Test
    void aFileIsReadAtEachLogin() throws Exception {
        Path file = Files.writeString(directory.resolve("pin"), "1234\r\n");
        Pkcs11Pin pin = Pkcs11Pin.file(file);
        pin.use();
        assertThat(pin.get()).containsExactly('1', '2', '3', '4');
        Files.writeString(file, "5\u00e9");
        assertThat(pin.get()).containsExactly('5', '\u00e9');
    }

    @Test
    void anEmptyPinIsNoneWhereverItComesFrom() throws Exception {
        assertNone(Pkcs11Pin.file(Files.writeString(directory.resolve("empty"), "")), "the PIN file is empty");
        assertNone(Pkcs11Pin.file(Files.writeString(directory.resolve("line"), "\n")), "the PIN file is empty");
        assertNone(Pkcs11Pin.of(() -> new char[0]), "an empty PIN");
        Path pipe = pipe();
        Pkcs11Pin pin = Pkcs11Pin.file(pipe);
        CompletableFuture<Void> fed = feed(pipe, "");
        assertNone(pin, "the PIN file is empty");
        fed.get(20, TimeUnit.SECONDS);
    }

    @Test
    void aFileWithoutAnEndIsNotReadToIt() {
        assertNone(Pkcs11Pin.file(Path.of("/dev/zero")), "longer than any PIN");
    }

    private void assertSigns(BlockingKey key, SoftHsm token) {
        SignRequest request = new SignRequest(
                SignatureScheme.ECDSA_SECP256R1_SHA256, new byte[100], token.chain("EC"), null, OptionalLong.empty());
        assertThat(inTime(() -> key.sign(request))).isNotEmpty();
    }

    @Test
    void aTokenWhosePinCameFromAPipeLogsInAgain() throws Exception {
        SoftHsm token = SoftHsm.get();
        Path pipe = pipe();
        CompletableFuture<Void> fed = feed(pipe, SoftHsm.PIN + "\n");
        try (Pkcs11Keys keys =
                inTime(() -> Pkcs11Keys.builder(SoftHsm.LIBRARY).pinFile(pipe).open())) {
            fed.get(20, TimeUnit.SECONDS);
            BlockingKey key = keys.blockingKey(token.ec);
            assertSigns(key, token);
            Pkcs11Keys.builder(SoftHsm.LIBRARY)
                    .pin(SoftHsm.PIN::toCharArray)
                    .open()
                    .close(); // logs the whole process out of the token
            long logins = token.calls("C_Login");
            assertSigns(key, token);
            assertThat(token.calls("C_Login") - logins).isEqualTo(1);
        }
    }

    @Test
    void aHolderThatLooksForNewKeysReadsThePipeNoSecondTime() throws Exception {
        SoftHsm token = SoftHsm.get();
        Path pipe = pipe();
        CompletableFuture<Void> fed = feed(pipe, SoftHsm.PIN + "\n");
        Pkcs11Uri uri =
                new Pkcs11Uri(Map.of("label", "lockstep"), OptionalLong.empty(), SoftHsm.LIBRARY, null, pipe, null);
        try (KeyHolders holders = new KeyHolders(name -> null)) {
            assertThat(inTime(() -> holders.key(uri, token.ec))).isNotNull();
            fed.get(20, TimeUnit.SECONDS);
            assertThatThrownBy(() -> inTime(() -> holders.key(uri, TestIdentity.RSA_2048.certificate())))
                    .isInstanceOf(OperationException.class)
                    .hasMessageContaining("no private key");
            assertThat(inTime(() -> holders.key(uri, token.rsa))).isNotNull();
        }
    }
}
