package dev.lockstep.server.pem;

import dev.lockstep.server.UsageError;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Files that hold keys or certificates in a form that is not read here: what they are, and how to convert them. */
final class ForeignFormat {

    /** What a file may be; FILE in the fix stands for its name. */
    private record Format(Predicate<byte[]> test, String name, String fix) {}

    private static final String KEYTOOL =
            "convert it: keytool -importkeystore -srckeystore FILE -destkeystore FILE.p12 -deststoretype PKCS12";

    private static final String PGP = "-----BEGIN PGP";

    private static final List<Format> FORMATS = List.of(
            new Format(content -> content.length == 0, "is empty", "write it again"),
            starting("is a Java key store (JKS)", KEYTOOL, 0xFE, 0xED, 0xFE, 0xED),
            starting("is a Java key store (JCEKS)", KEYTOOL + " -srcstoretype JCEKS", 0xCE, 0xCE, 0xCE, 0xCE),
            starting("is compressed with gzip", "unpack it: gunzip FILE", 0x1F, 0x8B),
            starting("is a ZIP archive", "unpack it: unzip FILE", 'P', 'K', 3, 4),
            starting("is a PDF document", "save the certificate itself", '%', 'P', 'D', 'F'),
            containing(
                    "PuTTY-User-Key-File",
                    "is a private key of PuTTY",
                    "convert it: puttygen FILE -O private-openssh-new -o FILE.key"),
            containing(
                    "---- BEGIN SSH2",
                    "is a key in the form of SSH.COM",
                    "convert it: ssh-keygen -i -f FILE > FILE.key"),
            containing(PGP, "is a PGP message or key", "decrypt or export what it holds as PEM"),
            containing("$ANSIBLE_VAULT;", "is encrypted by Ansible", "decrypt it: ansible-vault decrypt FILE"),
            containing("git-lfs.github.com/spec", "is a pointer of Git LFS", "fetch the file itself: git lfs pull"),
            containing("LS0tLS1CRUdJTi", "holds PEM in base64 once more", "decode what is between: base64 -d"),
            matching("^ssh-(rsa|ed25519|dss) |^ecdsa-sha2-", "is a public key of SSH", "give a certificate or its key"),
            matching("^\\s*<(!doctype|html|\\?xml)", "is a web page", "download the certificate itself"),
            matching("^\\s*\\{", "is JSON", "take the PEM text out of it"),
            new Format(
                    ForeignFormat::isBareBase64,
                    "is DER in base64 without BEGIN and END",
                    "decode it: openssl base64 -d -A -in FILE -out FILE.der"));

    private ForeignFormat() {}

    /** Whether it is PGP's armour, which begins as PEM does. */
    static boolean isPgp(byte[] content) {
        return text(content).contains(PGP);
    }

    /** The error for a file whose form is known; null for any other. */
    static @Nullable UsageError find(String option, Path file, byte[] content) {
        for (Format format : FORMATS) {
            if (format.test.test(content)) {
                return new UsageError(option, file + " " + format.name, format.fix.replace("FILE", file.toString()));
            }
        }
        return null;
    }

    private static Format starting(String name, String fix, int... bytes) {
        byte[] wanted = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            wanted[i] = (byte) bytes[i];
        }
        return new Format(
                content -> content.length >= wanted.length
                        && Arrays.equals(content, 0, wanted.length, wanted, 0, wanted.length),
                name,
                fix);
    }

    private static Format containing(String text, String name, String fix) {
        return new Format(content -> text(content).contains(text), name, fix);
    }

    private static Format matching(String regex, String name, String fix) {
        Pattern pattern = Pattern.compile(regex);
        return new Format(
                content ->
                        pattern.matcher(text(content).toLowerCase(Locale.ROOT)).find(),
                name,
                fix);
    }

    private static String text(byte[] content) {
        return new String(content, StandardCharsets.ISO_8859_1);
    }

    private static boolean isBareBase64(byte[] content) {
        try {
            return content.length > 100
                    && DerKind.isSequence(Base64.getMimeDecoder().decode(content))
                    && text(content).matches("[A-Za-z0-9+/=\\s]+");
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
