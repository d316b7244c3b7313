package dev.lockstep.keys.uri;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.keys.keyserver.KeyServerKeys.Decryption;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The places of keys, as they are written: RFC 3986's escapes, RFC 7512's attributes. */
class KeyUriTest {

    @Test
    void whatHasNoSchemeIsAPathAsItStands() {
        assertThat(KeyUri.parse("key.pem")).isEqualTo(new KeyUri.InFile(Path.of("key.pem")));
        assertThat(KeyUri.parse("/etc/100%/key.pem")).isEqualTo(new KeyUri.InFile(Path.of("/etc/100%/key.pem")));
        assertThat(KeyUri.parse("./odd:name.pem")).isEqualTo(new KeyUri.InFile(Path.of("./odd:name.pem")));
    }

    @Test
    void aFileUriIsDecoded() {
        for (String text :
                new String[] {"file:/etc/my%20key.pem", "FILE:///etc/my%20key.pem", "file:/etc/my key.pem"}) {
            assertThat(KeyUri.parse(text)).isEqualTo(new KeyUri.InFile(Path.of("/etc/my key.pem")));
        }
        assertThat(KeyUri.parse("file:key.pem")).isEqualTo(new KeyUri.InFile(Path.of("key.pem")));
        assertThat(KeyUri.parse("file:caf%C3%A9.pem")).isEqualTo(new KeyUri.InFile(Path.of("café.pem")));
    }

    @Test
    void socketsOfKeyServersAndAgents() {
        Path keys = Path.of("/run/keys.sock");
        assertThat(KeyUri.parse("keyserver:/run/keys.sock")).isEqualTo(new KeyUri.InKeyServer(keys, Decryption.NONE));
        assertThat(KeyUri.parse("keyserver:/run/keys.sock?decryption=or-random"))
                .isEqualTo(new KeyUri.InKeyServer(keys, Decryption.OR_RANDOM));
        assertThat(KeyUri.parse("keyserver:///run/keys.sock?decryption=none"))
                .isEqualTo(new KeyUri.InKeyServer(keys, Decryption.NONE));
        assertThat(KeyUri.parse("ssh-agent:")).isEqualTo(new KeyUri.InSshAgent(null));
        assertThat(KeyUri.parse("ssh-agent:/run/agent")).isEqualTo(new KeyUri.InSshAgent(Path.of("/run/agent")));
    }

    @Test
    void keyServersOverTcp() {
        KeyServerUri uri = new KeyServerUri(
                "keys.example", 7000, Path.of("/c.pem"), Path.of("/my key.pem"), Path.of("ca.pem"), Decryption.NONE);
        assertThat(KeyUri.parse("keyserver+tls://keys.example:7000?cert=/c.pem&key=/my%20key.pem&ca=ca.pem"))
                .isEqualTo(uri);
        assertThat(uri.describe()).isEqualTo("key server at keys.example:7000");
        KeyUri six = KeyUri.parse("KEYSERVER+TLS://[::1]:7000/?ca=a&key=k&cert=c&decryption=or-random");
        assertThat(six)
                .isEqualTo(
                        new KeyServerUri("::1", 7000, Path.of("c"), Path.of("k"), Path.of("a"), Decryption.OR_RANDOM));
        assertThat(six.describe()).isEqualTo("key server at [::1]:7000");
    }

    /** RFC 7512 2.3, 2.4: all that the URI scheme has for slots and libraries, and what vendors add to the query. */
    @Test
    void attributesOfSlotsAndLibraries() {
        Pkcs11Uri uri = (Pkcs11Uri) KeyUri.parse("pkcs11:library-manufacturer=SoftHSM;library-version=2.6;"
                + "library-description=Implementation%20of%20PKCS11;slot-description=S;slot-manufacturer=M?x-pool=7");
        assertThat(uri.token())
                .containsEntry("library manufacturerID", "SoftHSM")
                .containsEntry("library libraryVersion", "2.6")
                .containsEntry("library libraryDescription", "Implementation of PKCS11")
                .containsEntry("slot slotDescription", "S")
                .containsEntry("slot manufacturerID", "M")
                .hasSize(5);
    }

    @Test
    void everyAttributeOfATokenUri() {
        assertThat(KeyUri.parse("pkcs11:token=my%20keys;manufacturer=A%3BB;model=M;serial=0001;object=tls;id=%01%ff"
                        + ";type=private;slot-id=17?module-path=/usr/lib/my%20token.so&pin-source=file:/etc/pin"))
                .isEqualTo(new Pkcs11Uri(
                        Map.of("label", "my keys", "manufacturerID", "A;B", "model", "M", "serialNumber", "0001"),
                        OptionalLong.of(17),
                        Path.of("/usr/lib/my token.so"),
                        null,
                        Path.of("/etc/pin"),
                        null));
        assertThat(KeyUri.parse("pkcs11:?module-name=softhsm2&pin-source=env:PIN"))
                .isEqualTo(new Pkcs11Uri(Map.of(), OptionalLong.empty(), null, "softhsm2", null, "PIN"));
        assertThat(((Pkcs11Uri) KeyUri.parse("pkcs11:?pin-source=/etc/pin")).pinFile())
                .isEqualTo(Path.of("/etc/pin"));
        assertThat(((Pkcs11Uri) KeyUri.parse("pkcs11:?pin-source=file:///etc/pin")).pinFile())
                .isEqualTo(Path.of("/etc/pin"));
    }

    @Test
    void aPinInTheUriIsRefusedAndNotRepeated() {
        assertThatThrownBy(() -> KeyUri.parse("pkcs11:token=t?pin-value=271828"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("pin-source=file:/path")
                .hasMessageContaining("LOCKSTEP_PKCS11_PIN")
                .hasMessageNotContaining("271828");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "file:",
                "file://host/key.pem",
                "file:a%zz",
                "file:a%4",
                "file:%ff%fe",
                "keyserver:",
                "keyserver:/s?decryption=some",
                "keyserver:/s?decryption=raw",
                "keyserver:/s?",
                "keyserver+tls:/run/keys.sock",
                "keyserver+tls://host?cert=c&key=k&ca=a",
                "keyserver+tls://host:0?cert=c&key=k&ca=a",
                "keyserver+tls://host:70000?cert=c&key=k&ca=a",
                "keyserver+tls://:7000?cert=c&key=k&ca=a",
                "keyserver+tls://user@host:7000?cert=c&key=k&ca=a",
                "keyserver+tls://::1:7000?cert=c&key=k&ca=a",
                "keyserver+tls://host:7000",
                "keyserver+tls://host:7000?cert=c&key=k",
                "keyserver+tls://host:7000?cert=c&key=k&ca=",
                "keyserver+tls://host:7000?cert=c&cert=c&key=k&ca=a",
                "keyserver+tls://host:7000?cert=c&key=k&ca=a&colour=red",
                "keyserver+tls://host:7000?cert=c&key=k&ca=a&decryption=raw",
                "pkcs11:x-vendor=1",
                "pkcs12:key.p12",
                "http://example.org/key",
                "pkcs11:token=a;token=b",
                "pkcs11:token",
                "pkcs11:colour=red",
                "pkcs11:module-path=/x",
                "pkcs11:?token=a",
                "pkcs11:type=cert",
                "pkcs11:slot-id=-1",
                "pkcs11:slot-id=99999999999999999999",
                "pkcs11:id=%0",
                "pkcs11:?module-path=lib.so",
                "pkcs11:?module-name=../evil",
                "pkcs11:?pin-source=|cat%20/etc/pin",
                "pkcs11:?pin-source=",
                "file:a%00b"
            })
    void whatIsRefusedSaysWhyAndWhatToDo(String text) {
        assertThatThrownBy(() -> KeyUri.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageMatching("uri: .*; .*");
    }
}
