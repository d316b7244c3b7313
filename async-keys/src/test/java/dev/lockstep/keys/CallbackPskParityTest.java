package dev.lockstep.keys;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.tls.StepResult;
import dev.lockstep.tls.TlsServerConnection;
import dev.lockstep.tls.config.Policy;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.psk.PskIdentity;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.wait.Start;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.tls.BasicTlsPSKIdentity;
import org.bouncycastle.tls.CertificateRequest;
import org.bouncycastle.tls.PSKTlsClient;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.TlsAuthentication;
import org.bouncycastle.tls.TlsClientProtocol;
import org.bouncycastle.tls.TlsCredentials;
import org.bouncycastle.tls.TlsServerCertificate;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsCrypto;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** ASYNC.md group A, cases 8 and 9, through the literal four callbacks and BouncyCastle's client: decrypt RSA-PSK. */
@Timeout(60)
class CallbackPskParityTest {

    private static final byte[] KEY = "a key that both sides know since long ago".getBytes(StandardCharsets.US_ASCII);

    /** Knows one identity, offers one suite, and takes whatever certificate comes. */
    private static final class Client extends PSKTlsClient {

        Client() {
            super(new BcTlsCrypto(new SecureRandom()), new BasicTlsPSKIdentity("a client", KEY));
        }

        @Override
        protected int[] getSupportedCipherSuites() {
            return new int[] {CipherSuite.TLS_RSA_PSK_WITH_AES_128_GCM_SHA256.code()};
        }

        @Override
        protected ProtocolVersion[] getSupportedVersions() {
            return ProtocolVersion.TLSv12.only();
        }

        @Override
        public TlsAuthentication getAuthentication() {
            return new TlsAuthentication() {
                @Override
                public void notifyServerCertificate(TlsServerCertificate certificate) {
                    // Trust is not what is tested here.
                }

                @Override
                public TlsCredentials getClientCredentials(CertificateRequest request) {
                    return null;
                }
            };
        }
    }

    @ParameterizedTest(name = "decrypt RSA-PSK d{0}")
    @ValueSource(ints = {0, 1, 2})
    void a8And9DecryptRsaPskWithTheIdentityParsedOnce(int delay) throws Exception {
        AsyncContext async = new AsyncContext().slot(TestIdentity.RSA_2048, delay);
        List<String> identities = new ArrayList<>();
        TlsServerConnection server = TlsServerConnection.create(
                TlsServerConfig.builder()
                        .policy(Policy.COMPATIBLE)
                        .credential(Credential.external(TestIdentity.RSA_2048.chain(), async.both()))
                        .preSharedKeys((request, waker) -> {
                            identities.add(request.identity().toString());
                            return Start.done(Optional.of(KEY.clone()));
                        })
                        .build(),
                waiting -> {});
        TlsClientProtocol client = new TlsClientProtocol();
        client.connect(new Client());

        for (int turn = 0; turn < 20 && !(server.isEstablished() && client.isConnected()); turn++) {
            turn(client, server);
        }

        assertThat(server.isEstablished()).isTrue();
        assertThat(client.isConnected()).isTrue();
        assertThat(identities).hasSize(1);
        PskIdentity identity = server.info().pskIdentity();
        assertThat(identity).isNotNull();
        assertThat(identity.bytes()).asString(StandardCharsets.US_ASCII).isEqualTo("a client");
        List<String> expected = new ArrayList<>(List.of("decrypt"));
        for (int i = 0; i <= delay; i++) {
            expected.add("resume");
        }
        assertThat(async.calls).isEqualTo(expected);
    }

    /** What the client has to say goes to the server, which is stepped without waiting for a wake, and back. */
    private static void turn(TlsClientProtocol client, TlsServerConnection server) throws IOException {
        byte[] said = new byte[client.getAvailableOutputBytes()];
        client.readOutput(said, 0, said.length);
        ByteBuffer in = ByteBuffer.wrap(said);
        ByteBuffer out = ByteBuffer.allocate(TlsServerConnection.NETWORK_BUFFER_SIZE);
        StepResult result;
        do {
            result = server.step(in, out);
        } while (result == StepResult.PROGRESSED || result == StepResult.ASYNC_IN_PROGRESS);
        assertThat(in.hasRemaining()).isFalse();
        byte[] answer = new byte[out.flip().remaining()];
        out.get(answer);
        client.offerInput(answer);
    }
}
