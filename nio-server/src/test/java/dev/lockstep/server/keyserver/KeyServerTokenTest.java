package dev.lockstep.server.keyserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.keys.keyserver.KeyServerKeys;
import dev.lockstep.keys.keyserver.protocol.KeyId;
import dev.lockstep.keys.keyserver.protocol.Message;
import dev.lockstep.keys.keyserver.protocol.Octets;
import dev.lockstep.server.KeyServerLoop;
import dev.lockstep.server.KeyserverProcess;
import dev.lockstep.server.RawClient;
import dev.lockstep.server.TestFiles;
import dev.lockstep.server.TokenFiles;
import dev.lockstep.server.demo.ThrowawayCa;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Keys in a token, the token in the key server, the key server in a process of its own. */
@Timeout(120)
class KeyServerTokenTest {

    private static final String ECDHE_ECDSA = "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256";
    private static final String ECDHE_RSA = "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256";
    private static final String RSA = "TLS_RSA_WITH_AES_128_GCM_SHA256";

    @TempDir
    Path directory;

    private TestFiles files;
    private TokenFiles token;

    @BeforeEach
    void makeToken() throws Exception {
        files = new TestFiles(directory);
        token = new TokenFiles(directory, files);
    }

    private KeyServerKeys client() {
        return KeyServerKeys.unix(socket())
                .decryption(KeyServerKeys.Decryption.OR_RANDOM)
                .build();
    }

    /** All but the warnings that the certificates are for clients too, as those of the tests are. */
    private static List<String> complaints(String errors) {
        return errors.lines()
                .filter(line -> line.contains(" WARNING ") || line.contains(" ERROR "))
                .filter(line -> !line.contains(" has extendedKeyUsage clientAuth, "))
                .toList();
    }

    private Path socket() {
        return directory.resolve("ks.sock");
    }

    private KeyserverProcess keyServer(String... more) throws IOException {
        return keyServer(token.variables(), more);
    }

    private KeyserverProcess keyServer(Map<String, String> variables, String... more) throws IOException {
        List<String> options = new ArrayList<>(List.of(
                "--socket",
                socket().toString(),
                "--pkcs11",
                TokenFiles.LIBRARY.toString(),
                "--pkcs11-pin-file",
                token.pinFile().toString(),
                "--allow-decrypt",
                "--log",
                directory.resolve("keys.log").toString()));
        options.addAll(List.of(more));
        return KeyserverProcess.start(directory, variables, List.of(), options.toArray(String[]::new));
    }

    @Test
    void aKeyWithoutACertificateIsReportedAndServedOnceThereIsOne() throws Exception {
        KeyPair bare = files.ca.ec();
        token.importKey(files.write("bare.key", TestFiles.pkcs8(bare)), "03");
        Path certificate = files.write("bare.pem", ThrowawayCa.pem(files.ca.issueForLocalhost(bare)));
        Map<String, String> opened = new HashMap<>(token.variables());
        opened.put(
                "JDK_JAVA_OPTIONS",
                "--add-opens=jdk.crypto.cryptoki/sun.security.pkcs11=ALL-UNNAMED"
                        + " --add-opens=jdk.crypto.cryptoki/sun.security.pkcs11.wrapper=ALL-UNNAMED");
        try (KeyserverProcess keys = keyServer(opened)) {
            keys.awaitErrors("a key of the token cannot be served, having no certificate of the same CKA_ID beside it:"
                    + " '03' (id 03); give --cert with a certificate of that key");
            keys.awaitErrors("keys=2");
        }
        try (KeyServerLoop server = new KeyServerLoop(client(), directory, "bare.pem");
                KeyserverProcess keys = keyServer(opened, "--cert", certificate.toString())) {
            server.handshakeWhenBack(ECDHE_ECDSA);
            assertThat(complaints(keys.awaitErrors("keys=3"))).isEmpty();
        }
        try (KeyserverProcess keys = keyServer()) {
            keys.awaitErrors("this Java shows the keys of a token only with a certificate");
        }
        assertThatThrownBy(() -> keyServer("--cert", certificate.toString()))
                .hasMessageContaining("--cert: " + certificate
                        + " is for none of the keys, and the token has no private" + " key for the certificate of ");
    }

    /** Services have the C locale unless they are given another one, and it has no paths with such letters. */
    @Test
    void aCertificateWhoseNameIsNotAsciiIsServedInTheLocaleOfServices() throws Exception {
        KeyPair keys = files.ca.ec();
        X500Name name = new X500Name("CN=Z\u00e4hler");
        Instant now = Instant.now();
        X509CertificateHolder certificate = new JcaX509v3CertificateBuilder(
                        name,
                        BigInteger.ONE,
                        Date.from(now.minusSeconds(60)),
                        Date.from(now.plusSeconds(3600)),
                        name,
                        keys.getPublic())
                .addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
                .build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate()));
        token.importKey(files.write("named.key", TestFiles.pkcs8(keys)), "03");
        token.addCertificate(files.write("named.pem", ThrowawayCa.pem(certificate)), "03");
        Map<String, String> variables = new HashMap<>(token.variables());
        variables.put("LC_ALL", "C");
        try (KeyserverProcess keyServer = keyServer(variables)) {
            keyServer.awaitErrors("keys=3");
        }
    }

    @Test
    void handshakesWorkWithBothKeysAndAfterARestart() throws Exception {
        try (KeyServerLoop server = new KeyServerLoop(client(), directory, "ec.pem", "rsa.pem")) {
            for (int i = 0; i < 2; i++) {
                try (KeyserverProcess keys = keyServer()) {
                    server.handshakeWhenBack(ECDHE_ECDSA);
                    server.handshake(ECDHE_RSA);
                    server.handshake(RSA);
                    assertThat(complaints(keys.errors())).isEmpty();
                }
            }
        }
    }

    @Test
    void aTokenThatIsLostFailsOperationsImmediatelyUntilItsProcessIsRestarted() throws Exception {
        Path elsewhere = directory.resolve("elsewhere");
        try (KeyServerLoop server = new KeyServerLoop(client(), directory, "ec.pem", "rsa.pem")) {
            try (KeyserverProcess keys = keyServer()) {
                server.handshakeWhenBack(ECDHE_ECDSA);
                Files.move(token.tokens(), elsewhere);
                long begin = System.nanoTime();
                assertThatThrownBy(() -> server.handshake(ECDHE_ECDSA)).hasStackTraceContaining("internal_error");
                assertThatThrownBy(() -> server.handshake(RSA)).hasStackTraceContaining("bad_record_mac");
                assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin))
                        .as("milliseconds for two that failed")
                        .isLessThan(5_000);
                assertThat(Files.readString(directory.resolve("keys.log"))).contains("\"result\":\"failed:");
                assertThat(complaints(keys.errors())).isEmpty(); // it is no defect
            }
            Files.move(elsewhere, token.tokens());
            try (KeyserverProcess again = keyServer()) {
                server.handshakeWhenBack(ECDHE_ECDSA);
                server.handshake(RSA);
                assertThat(complaints(again.errors())).isEmpty();
            }
            assertThat(server.runs()).isTrue();
        }
    }

    /** What differs between them would tell good padding from bad. */
    @Test
    void keyServersWithOneKeyReplaceABadSecretByTheSameOne() throws Exception {
        byte[] ciphertext = new byte[256];
        ciphertext[255] = 3; // no padding comes of it
        byte[] first;
        try (KeyserverProcess keys = keyServer()) {
            first = decrypted(ciphertext);
            assertThat(complaints(keys.errors())).isEmpty();
        }
        assertThat(first).hasSize(48);
        try (KeyserverProcess restarted = keyServer()) {
            assertThat(decrypted(ciphertext)).isEqualTo(first);
            assertThat(complaints(restarted.errors())).isEmpty();
        }
        try (KeyserverProcess inFile = KeyserverProcess.start(
                directory, "--socket", socket().toString(), "--key", files.rsaKey.toString(), "--allow-decrypt")) {
            assertThat(decrypted(ciphertext)).isEqualTo(first);
            assertThat(inFile.ready()).contains("ks.sock");
        }
    }

    private byte[] decrypted(byte[] ciphertext) throws Exception {
        KeyId key = KeyId.of(files.rsa.getPublic());
        try (RawClient client = RawClient.greeted(socket())) {
            Message.Decrypt request = new Message.Decrypt(key, 0, new Octets(ciphertext));
            return ((Message.Result) client.send(1, request).answer(1)).octets().bytes();
        }
    }
}
