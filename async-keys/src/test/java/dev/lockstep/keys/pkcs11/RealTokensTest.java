package dev.lockstep.keys.pkcs11;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tokens that are other processes: a TPM 2.0, a token on the other side of a socket, and one with a daemon beside it. Each
 * serves handshakes, then what is behind it disappears.
 */
@Timeout(120)
class RealTokensTest {

    private static final String ECDSA = "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256";
    private static final String SIGNED = "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384";
    private static final String DECRYPTED = "TLS_RSA_WITH_AES_128_GCM_SHA256";

    /** What an operation may take that only finds out that the token is gone. */
    private static final long QUICKLY = 3_000;

    @TempDir
    Path directory;

    private TokenHost host;

    @BeforeEach
    void makeHost() {
        host = new TokenHost(directory);
    }

    @AfterEach
    void endPrograms() throws Exception {
        host.endAll();
    }

    @Test
    void aTpmServesAndWhatHangsTimesOutAndWhatIsGoneFailsUntilBothAreStartedAgain() throws Exception {
        TpmToken tpm = TpmToken.on(host);
        TokenProcess server = tpm.process().opens();
        server.serves("EC", ECDSA);
        server.serves("RSA", SIGNED);
        server.serves("RSA", DECRYPTED);

        tpm.stop();
        long timeout = TokenProgram.KEY_OPERATION_TIMEOUT.toMillis();
        server.fails("EC", ECDSA, "TIMED_OUT", timeout, timeout + QUICKLY);
        tpm.resume();
        server.serves("EC", ECDSA);

        tpm.disappear();
        for (int i = 0; i < 5; i++) {
            server.fails("EC", ECDSA, "KEY_UNAVAILABLE", 0, QUICKLY);
            server.fails("RSA", SIGNED, "KEY_UNAVAILABLE", 0, QUICKLY);
        }
        assertThat(server.handshake("RSA", DECRYPTED)).startsWith("BAD_RECORD_MAC");

        // The library keeps its broken connection for as long as the process lives.
        tpm.comeBack();
        server.fails("EC", ECDSA, "KEY_UNAVAILABLE", 0, QUICKLY);
        tpm.process().opens().serves("EC", ECDSA);
    }

    @Test
    void aRemoteTokenServesAndIsLostUntilTheProcessIsStartedAgain() throws Exception {
        RemoteToken remote = RemoteToken.on(host);
        TokenProcess server = remote.process().opens();
        server.serves("EC", ECDSA);
        server.serves("RSA", SIGNED);
        server.serves("RSA", DECRYPTED);

        remote.disappear();
        for (int i = 0; i < 5; i++) {
            server.fails("EC", ECDSA, "KEY_UNAVAILABLE", 0, QUICKLY);
            server.fails("RSA", SIGNED, "KEY_UNAVAILABLE", 0, QUICKLY);
        }
        assertThat(server.handshake("RSA", DECRYPTED)).startsWith("BAD_RECORD_MAC");
        remote.process().doesNotOpen();

        // p11-kit's library connects when it is initialized, which the JDK does once in a process.
        remote.comeBack();
        server.fails("EC", ECDSA, "KEY_UNAVAILABLE", 0, QUICKLY);
        remote.process().opens().serves("EC", ECDSA);
    }

    @Test
    void opencryptokiServesWithoutItsDaemonButIsNotOpenedWithoutIt() throws Exception {
        OpencryptokiToken token = OpencryptokiToken.on(host);
        TokenProcess server = token.process().opens();
        server.serves("RSA", SIGNED);
        server.serves("RSA", DECRYPTED);

        token.disappear();
        server.serves("RSA", SIGNED);
        server.serves("RSA", DECRYPTED);
        token.process().doesNotOpen();

        token.comeBack();
        server.serves("RSA", SIGNED);
        token.process().opens().serves("RSA", SIGNED);
    }
}
