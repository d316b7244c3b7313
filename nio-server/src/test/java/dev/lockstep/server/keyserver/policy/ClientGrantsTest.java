package dev.lockstep.server.keyserver.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.crypto.hash.HashAlgorithm;
import dev.lockstep.keys.keyserver.protocol.KeyId;
import dev.lockstep.server.UsageError;
import dev.lockstep.server.demo.ThrowawayCa;
import dev.lockstep.testkit.certificate.TestAuthority;
import dev.lockstep.testkit.certificate.TestIdentity;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which clients may use which keys. */
class ClientGrantsTest {

    private static final KeyId ONE = KeyId.ofEncoded(new byte[] {1});
    private static final KeyId TWO = KeyId.ofEncoded(new byte[] {2});

    private static ClientGrants grants(String... values) throws UsageError {
        return ClientGrants.parse(
                "--allow-client", List.of(values), name -> name.equals("one.key") ? Set.of(ONE) : Set.of());
    }

    /** For localhost, 127.0.0.1 and ::1. */
    private static X509Certificate certificate() throws Exception {
        ThrowawayCa ca = new ThrowawayCa(Instant.now());
        return ca.issueForLocalhost(ca.ec());
    }

    @Test
    void aGrantIsForANameOrAHashAndForItsKeys() throws Exception {
        X509Certificate certificate = certificate();
        String hash = HexFormat.of().formatHex(HashAlgorithm.SHA256.digest(certificate.getEncoded()));
        String upper = HexFormat.ofDelimiter(":")
                .withUpperCase()
                .formatHex(HexFormat.of().parseHex(hash));
        for (String who :
                List.of("dns:localhost", "DNS:LocalHost", "ip:127.0.0.1", "sha256:" + hash, "sha256:" + upper)) {
            ClientIdentity all = grants(who).identify(certificate, "127.0.0.1:5");
            assertThat(all.mayUse().test(ONE)).as(who).isTrue();
            assertThat(all.mayUse().test(TWO)).as(who).isTrue();
            ClientIdentity some = grants("dns:other", who + "=one.key").identify(certificate, "127.0.0.1:5");
            assertThat(some.mayUse().test(ONE)).as(who).isTrue();
            assertThat(some.mayUse().test(TWO)).as(who).isFalse();
            assertThat(some.peer().remote().certificate()).isEqualTo(hash);
            assertThat(some.peer().remote().names()).startsWith("dns:localhost ip:127.0.0.1");
        }
        for (String who : List.of("dns:local", "dns:localhost.", "email:localhost", "sha256:" + "0".repeat(64))) {
            assertThat(grants(who).identify(certificate, "127.0.0.1:5")).as(who).isNull();
        }
    }

    @Test
    void everyKindOfNameIsCompared() throws Exception {
        GeneralName[] all = {
            new GeneralName(GeneralName.rfc822Name, "Ops@example.org"),
            new GeneralName(GeneralName.dNSName, "Web1.Example"),
            new GeneralName(GeneralName.uniformResourceIdentifier, "spiffe://example.org/Web"),
            new GeneralName(GeneralName.iPAddress, "192.0.2.1"),
            new GeneralName(GeneralName.registeredID, "1.3.6.1.4.1.9999"),
        };
        X509Certificate certificate = TestAuthority.root("ca")
                .order("unnamed", TestIdentity.P256.publicKey())
                .extension(Extension.subjectAlternativeName, false, new GeneralNames(all))
                .sign();

        for (String who :
                List.of("email:Ops@example.org", "dns:web1.example", "uri:spiffe://example.org/Web", "ip:192.0.2.1")) {
            ClientIdentity identity = grants("dns:other=one.key", who + "=*").identify(certificate, "[::1]:5");
            assertThat(identity.share()).isEqualTo("client " + who);
            assertThat(identity.mayUse().test(TWO)).as(who).isTrue();
        }
        for (String who : List.of("email:ops@example.org", "uri:spiffe://example.org/web", "dns:1.3.6.1.4.1.9999")) {
            assertThat(grants(who).identify(certificate, "[::1]:5")).as(who).isNull();
        }
        assertThat(grants("dns:web1.example")
                        .identify(certificate, "[::1]:5")
                        .peer()
                        .remote()
                        .names())
                .startsWith("email:Ops@example.org dns:web1.example uri:"); // the log has the first of them
    }

    @Test
    void anAddressIsTheSameInEverySpelling() throws Exception {
        GeneralName[] all = {
            new GeneralName(GeneralName.iPAddress, "2001:db8::1"),
            new GeneralName(GeneralName.iPAddress, "192.0.2.1"),
            new GeneralName(GeneralName.iPAddress, "10.0.0.0/8"), // an address and a mask are no machine
        };
        X509Certificate certificate = TestAuthority.root("ca")
                .order("unnamed", TestIdentity.P256.publicKey())
                .extension(Extension.subjectAlternativeName, false, new GeneralNames(all))
                .sign();

        for (String who : List.of(
                "ip:2001:db8::1",
                "ip:2001:DB8:0::1",
                "ip:2001:db8:0:0:0:0:0:1",
                "IP:2001:0db8:0000:0000:0000:0000:0000:0001",
                "ip:2001:db8::0.0.0.1",
                "ip:192.0.2.1",
                "ip:::ffff:192.0.2.1")) {
            ClientIdentity identity = grants(who + "=one.key").identify(certificate, "[::1]:5");
            assertThat(identity).as(who).isNotNull();
            assertThat(identity.mayUse().test(ONE)).as(who).isTrue();
        }
        for (String who : List.of("ip:2001:db8::2", "ip:192.0.2.10", "ip:10.0.0.0", "ip:::1")) {
            assertThat(grants(who).identify(certificate, "[::1]:5")).as(who).isNull();
        }
        assertThat(grants("ip:2001:db8::1").identify(certificate, "[::1]:5").share())
                .isEqualTo(grants("ip:2001:DB8:0:0::1")
                        .identify(certificate, "[::1]:6")
                        .share());
    }

    @Test
    void whatIsNoAddressInDigitsIsRefusedWithoutALookUp() {
        for (String wrong : List.of(
                "ip:localhost",
                "ip:web1.example",
                "ip:192.0.2",
                "ip:192.0.2.256",
                "ip:192.0.02.1",
                "ip:192.0.2.0/24",
                "ip:[2001:db8::1]",
                "ip:2001:db8::/32",
                "ip:2001:db8:::1",
                "ip:fe80::1%eth0",
                "ip:.2001:db8::1",
                "ip:::ffff:192.0.2.256")) {
            assertThatThrownBy(() -> grants(wrong))
                    .as(wrong)
                    .isInstanceOf(UsageError.class)
                    .hasMessageStartingWith("--allow-client: '" + wrong + "' is no address; write");
        }
    }

    @Test
    void aCertificateWithoutNamesIsKnownByItsHashAlone() throws Exception {
        X509Certificate certificate = TestAuthority.root("ca")
                .order("localhost", TestIdentity.P256.publicKey())
                .sign();
        assertThat(grants("dns:localhost").identify(certificate, "[::1]:5")).isNull();
        String hash = HexFormat.of().formatHex(HashAlgorithm.SHA256.digest(certificate.getEncoded()));
        ClientIdentity identity = grants("sha256:" + hash).identify(certificate, "[::1]:5");
        assertThat(identity.peer().remote().names()).isEmpty();
    }

    @Test
    void severalGrantsOfAClientAddUp() throws Exception {
        ClientGrants grants =
                ClientGrants.parse("--allow-client", List.of("dns:localhost=a", "ip:127.0.0.1=b"), name -> {
                    return Set.of(name.equals("a") ? ONE : TWO);
                });
        ClientIdentity identity = grants.identify(certificate(), "[::1]:5");
        assertThat(identity.mayUse().test(ONE)).isTrue();
        assertThat(identity.mayUse().test(TWO)).isTrue();
        assertThat(identity.mayUse().test(KeyId.ofEncoded(new byte[] {3}))).isFalse();
    }

    @Test
    void theShareIsTheGrantsHoweverManyCertificatesAndAddressesThereAre() throws Exception {
        ClientGrants grants = grants("dns:localhost");
        assertThat(grants.identify(certificate(), "[2001:db8::1]:7").share())
                .isEqualTo(grants.identify(certificate(), "[2001:db8::2]:8").share());
    }

    @Test
    void whatIsNoGrantIsNamed() {
        for (String wrong : List.of(
                "localhost",
                "",
                "=*",
                ":localhost",
                "dns:",
                "sha256:abc",
                "dns" + "0".repeat(64),
                "dns:=one.key",
                "cn:localhost",
                "dns:localhost=two.key",
                "dns:localhost=")) {
            assertThatThrownBy(() -> grants(wrong))
                    .as(wrong)
                    .isInstanceOf(UsageError.class)
                    .hasMessageStartingWith("--allow-client");
        }
    }

    @Test
    void aFileHasAGrantOnEachLineAndNamesTheOneThatIsWrong(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("clients");
        Files.writeString(file, "\uFEFF# web servers\r\n\r\n dns:localhost=one.key \r\nuri:urn:x#y\r\n");
        ClientGrants read = ClientGrants.read("--file", file, name -> name.equals("one.key") ? Set.of(ONE) : Set.of());
        ClientIdentity some = read.identify(certificate(), "127.0.0.1:5");
        assertThat(some.mayUse().test(ONE)).isTrue();
        assertThat(some.mayUse().test(TWO)).isFalse();
        assertThat(read.and(grants("ip:127.0.0.1"))
                        .identify(certificate(), "127.0.0.1:5")
                        .mayUse()
                        .test(TWO))
                .isTrue();

        for (String wrong : List.of("localhost", "ip:localhost", "dns:localhost=two.key")) {
            Files.writeString(file, "dns:other\n\n" + wrong + "\n");
            assertThatThrownBy(() -> ClientGrants.read("--file", file, name -> Set.of()))
                    .isInstanceOf(UsageError.class)
                    .hasMessageStartingWith("--file: " + file + " line 3: '");
        }
        Files.writeString(file, "# all gone\n");
        assertThatThrownBy(() -> ClientGrants.read("--file", file, name -> Set.of()))
                .isInstanceOf(UsageError.class)
                .hasMessageContaining("names no client");
    }
}
