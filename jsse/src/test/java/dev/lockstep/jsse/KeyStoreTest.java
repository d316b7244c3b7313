package dev.lockstep.jsse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.testkit.JdkClient;
import dev.lockstep.testkit.certificate.TestIdentity;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.Collections;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Key stores that are text files. */
class KeyStoreTest {

    private static final LockstepProvider PROVIDER = new LockstepProvider();

    @TempDir
    Path folder;

    private static String pem(String label, byte[] der) {
        return "-----BEGIN " + label + "-----\n" + Base64.getMimeEncoder().encodeToString(der) + "\n-----END " + label
                + "-----\n";
    }

    private String write(TestIdentity identity) throws Exception {
        StringBuilder chain = new StringBuilder();
        for (X509Certificate certificate : identity.chain()) {
            chain.append(pem("CERTIFICATE", certificate.getEncoded()));
        }
        Path cert = Files.writeString(folder.resolve(identity.name() + ".pem"), chain);
        Path key = Files.writeString(
                folder.resolve(identity.name() + ".key"),
                pem("PRIVATE KEY", identity.privateKey().getEncoded()));
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
        return identity.name() + ".cert=" + cert + "\n" + identity.name() + ".key=file:" + key + "\n";
    }

    private static KeyStore load(String text) throws Exception {
        return load(text.getBytes(StandardCharsets.UTF_8));
    }

    private static KeyStore load(byte[] content) throws Exception {
        KeyStore store = KeyStore.getInstance("LOCKSTEP", PROVIDER);
        store.load(new ByteArrayInputStream(content), null);
        return store;
    }

    @Test
    void aServerFromAKeyStore() throws Exception {
        KeyStore store = load("# keys of this server\n\n" + write(TestIdentity.P256) + write(TestIdentity.RSA_2048));
        assertThat(Collections.list(store.aliases())).containsExactly("p256", "rsa_2048");
        assertThat(store.isKeyEntry("P256")).isTrue();
        assertThat(store.getCertificateAlias(TestIdentity.P256.certificate())).isEqualTo("p256");
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, new char[0]);
        SSLContext context = SSLContext.getInstance("TLSv1.2", PROVIDER);
        context.init(keys.getKeyManagers(), new TrustManager[0], null);
        for (String suite : new String[] {Engines.ECDSA, Engines.ECDHE_RSA}) {
            EngineServer server =
                    new EngineServer((LockstepEngine) context.createSSLEngine(), JdkClient.trustingAll(suite));
            assertThat(server.runs().isDone()).isTrue();
        }
    }

    @Test
    void cannotBeChanged() throws Exception {
        KeyStore store = load(write(TestIdentity.P256));
        assertThatThrownBy(() -> store.deleteEntry("p256")).isInstanceOf(KeyStoreException.class);
        assertThatThrownBy(() -> store.setCertificateEntry("a", TestIdentity.P256.certificate()))
                .isInstanceOf(KeyStoreException.class);
        assertThatThrownBy(() -> store.store(new ByteArrayOutputStream(), null))
                .isInstanceOf(UnsupportedOperationException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "file:KEY",
        "pkcs11:token=a?module-path=/b&pin-source=file:KEY",
        "keyserver+tls://localhost:1?cert=CERT&key=KEY&ca=CERT",
    })
    void aFileThatOthersMayWriteIsRefused(String place) throws Exception {
        write(TestIdentity.P256);
        String cert = folder.resolve("P256.pem").toString();
        Path key = folder.resolve("P256.key");
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-rw-rw-"));
        String text = "web.cert=CERT\nweb.key=" + place.replace("KEY", key.toString());
        assertThatThrownBy(() -> load(text.replace("CERT", cert)))
                .isInstanceOf(IOException.class)
                .hasMessage("key store: " + key + " can be written by others (rw-rw-rw-); run: chmod 600 " + key);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "web.cert=CERT|has no .key= line",
                "web.key=file:x|has no .cert= line",
                "web=x|line 1 is neither",
                "web.cert|line 1 is neither",
                "web.password=x|line 1 is neither",
                "web.cert=CERT;web.cert=CERT|a second time",
                "web.cert=CERT;web.key=vault:x|no place of keys that is known",
                "web.cert=CERT;web.key=file:CERT|has no block",
                "web.cert=CERT;web.key=file:/nowhere|/nowhere",
                "web.cert=CERT;web.key=pkcs11:token=a?module-path=/b&pin-source=/c|/b does not answer",
                "web.cert=CERT;web.key=pkcs11:slot-id=1|library is not named",
                "web.cert=CERT;web.key=pkcs11:token=a?pin-value=1234|shows the PIN",
                "web.cert=CERT;web.key=ssh-agent:/nowhere/at/all|ssh-agent",
                "web.cert=CERT;web.key=keyserver:/nowhere/at/all|key server at /nowhere/at/all",
                "web.cert=CERT;web.key=keyserver+tls://localhost:1?cert=CERT&key=CERT&ca=CERT|has no block",
                "web.cert=CERT;web.key=keyserver+tls://localhost:1|cert=",
                "web.cert=/nowhere;web.key=file:x|/nowhere",
            })
    void whatIsWrongIsSaid(String text, String reason) throws Exception {
        write(TestIdentity.P256);
        String cert = folder.resolve("P256.pem").toString();
        assertThatThrownBy(() -> load(text.replace("CERT", cert).replace(';', '\n')))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(reason);
    }

    /** Each of a certificate's own kind, and of another. */
    @Test
    void aKeyThatIsNotItsCertificatesIsRefused() throws Exception {
        String[] p256 = write(TestIdentity.P256).split("[=\n]");
        String[] other = write(TestIdentity.P384).split("[=\n]");
        String[] rsa = write(TestIdentity.RSA_2048).split("[=\n]");
        assertThatThrownBy(() -> load("web.cert=" + p256[1] + "\nweb.key=" + other[3]))
                .isInstanceOf(IOException.class)
                .hasMessage("key store: " + other[3] + " is not the key of the certificate in " + p256[1]
                        + "; give the key that the certificate was issued for");
        assertThatThrownBy(() -> load("web.cert=" + p256[1] + "\nweb.key=" + rsa[3]))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("does not hold a key of the certificate's kind (EC); give the key");
        String key = other[3].substring("file:".length());
        assertThatThrownBy(() -> load("web.cert=" + p256[1] + "\nweb.key=keyserver+tls://localhost:1?cert=" + p256[1]
                        + "&key=" + key + "&ca=" + p256[1]))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("key store: " + key + " is not the key of the certificate in " + p256[1]);
    }

    /** The JDK 17 reads a chain that was pasted from an indented text without the certificates that it does not see. */
    @Test
    void anIndentedCertificateIsNotLeftOut() throws Exception {
        String text = write(TestIdentity.P256);
        Path file = folder.resolve("P256.pem");
        Files.writeString(file, Files.readString(file).indent(2));
        assertThat(Collections.list(load(text).aliases())).containsExactly("p256");
        String block = pem("CERTIFICATE", TestIdentity.P256.certificate().getEncoded());
        Files.writeString(file, block + block.indent(2));
        assertThatThrownBy(() -> load(text))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("which stands before it");
    }

    @Test
    void byteOrderMarksAreNotPartOfTheText() throws Exception {
        String text = write(TestIdentity.P256);
        for (String name : new String[] {"P256.pem", "P256.key"}) {
            Path file = folder.resolve(name);
            Files.writeString(file, "\uFEFF" + Files.readString(file));
        }
        assertThat(Collections.list(load("\uFEFF" + text).aliases())).containsExactly("p256");
        assertThatThrownBy(() -> load(text.getBytes(StandardCharsets.UTF_16)))
                .isInstanceOf(IOException.class)
                .hasMessage("key store: it is in UTF-16; save it as UTF-8");
    }

    @Test
    void whatIsNoStoreIsRefused() throws Exception {
        for (String empty : new String[] {"", "\n", "# web.cert=x\n"}) {
            assertThatThrownBy(() -> load(empty))
                    .isInstanceOf(IOException.class)
                    .hasMessage("key store: it has no entry; write ALIAS.cert=FILE and ALIAS.key=PLACE for each");
        }
        for (String type : new String[] {"PKCS12", "JKS"}) {
            KeyStore other = KeyStore.getInstance(type);
            other.load(null, null);
            ByteArrayOutputStream content = new ByteArrayOutputStream();
            other.store(content, "secret".toCharArray());
            assertThatThrownBy(() -> load(content.toByteArray()))
                    .isInstanceOf(IOException.class)
                    .hasMessageMatching("key store: it is a (PKCS#12|JKS) key store and no text; .*");
        }
        KeyStore none = KeyStore.getInstance("LOCKSTEP", PROVIDER);
        none.load(null, null);
        assertThat(none.size()).as("the JDK's way to have none").isZero();
    }

    @Test
    void aFileThatCannotBeReadIsNamedWithItsCause() throws Exception {
        String cert = folder.resolve("P256.pem").toString();
        write(TestIdentity.P256);
        for (String text : new String[] {"web.cert=%s\nweb.key=file:x", "web.cert=" + cert + "\nweb.key=file:%s"}) {
            assertThatThrownBy(() -> load(text.replace("%s", "/nowhere")))
                    .isInstanceOf(IOException.class)
                    .hasMessage("key store: /nowhere does not exist; check the path");
            assertThatThrownBy(() -> load(text.replace("%s", folder.toString())))
                    .isInstanceOf(IOException.class)
                    .hasMessage("key store: " + folder + " is a directory; give a file");
        }
    }

    @Test
    void aFileWithSeveralKeysIsRefused() throws Exception {
        String text = write(TestIdentity.P256);
        Path key = folder.resolve("P256.key");
        Files.writeString(key, Files.readString(key).repeat(2));
        assertThatThrownBy(() -> load(text))
                .isInstanceOf(IOException.class)
                .hasMessage("key store: " + key + " has several keys; give each a file of its own");
    }

    @ParameterizedTest
    @ValueSource(strings = {"web.cert=/no\0where\nweb.key=file:x", "web.cert=CERT\nweb.key=file:/no\0where"})
    void whatNoFileCanBeCalledIsRefused(String text) throws Exception {
        write(TestIdentity.P256);
        String cert = folder.resolve("P256.pem").toString();
        assertThatThrownBy(() -> load(text.replace("CERT", cert)))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("key store: ");
    }
}
