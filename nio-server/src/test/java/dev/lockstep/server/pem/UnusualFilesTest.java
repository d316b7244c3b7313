package dev.lockstep.server.pem;

import static dev.lockstep.server.pem.UnusualFiles.ascii;
import static dev.lockstep.server.pem.UnusualFiles.block;
import static dev.lockstep.server.pem.UnusualFiles.der;
import static dev.lockstep.server.pem.UnusualFiles.join;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.server.TestFiles;
import dev.lockstep.server.UsageError;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Files as editors, other servers and other systems write them: each is taken whole, or refused with a message that names
 * the file, the cause and what to do. The table of all of them is written to {@code target/unusual-files.md}.
 */
class UnusualFilesTest {

    private static final String TAKEN = "taken";
    private static final String PASSWORD = "p\u00e4\u00df\u20ac";

    @TempDir
    static Path directory;

    private static final List<String> TABLE = new ArrayList<>();

    /** @param expected {@link #TAKEN}, "note: TEXT" for taken with a note, or a part of the refusal */
    record Form(String name, String option, byte[] content, String password, String expected) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Form cert(String name, byte[] content, String expected) {
        return new Form(name, "--cert", content, null, expected);
    }

    private static Form cert(String name, String content, String expected) {
        return cert(name, ascii(content), expected);
    }

    private static Form ca(String name, String content, String expected) {
        return new Form(name, "--client-ca", ascii(content), null, expected);
    }

    private static Form key(String name, String content, String expected) {
        return new Form(name, "--key", ascii(content), null, expected);
    }

    static Stream<Form> chains() throws Exception {
        UnusualFiles of = new UnusualFiles(directory);
        String chain = of.chain;
        String mark = "\uFEFF";
        return Stream.of(
                cert("line ends of Windows", chain.replace("\n", "\r\n"), TAKEN),
                cert("line ends of the old Macintosh", chain.replace("\n", "\r"), TAKEN),
                cert("no line end at the end", chain.stripTrailing(), TAKEN),
                cert("END and BEGIN on one line", of.leaf.stripTrailing() + of.ca, TAKEN),
                cert("everything on one line", chain.replace("\n", " "), TAKEN),
                cert("line ends as \\n", chain.replace("\n", "\\n"), TAKEN),
                cert("byte order mark", mark + chain, TAKEN),
                cert("UTF-16, little end first", (mark + chain).getBytes(StandardCharsets.UTF_16LE), TAKEN),
                cert("UTF-16, big end first", (mark + chain).getBytes(StandardCharsets.UTF_16BE), TAKEN),
                cert("UTF-16 without a mark", chain.getBytes(StandardCharsets.UTF_16LE), TAKEN),
                cert("indented with blanks", chain.indent(4), TAKEN),
                cert("indented with tabs, blanks at the ends", chain.replace("\n", " \n\t"), TAKEN),
                cert("empty lines inside", chain.replace("\n", "\n\n"), TAKEN),
                cert("X509 CERTIFICATE", chain.replace("CERTIFICATE", "X509 CERTIFICATE"), TAKEN),
                cert("after 'openssl x509 -text'", "Certificate:\n    Version: 3 (0x2)\n" + chain, TAKEN),
                cert("with bag attributes", "Bag Attributes\n    localKeyID: 01 02\n" + chain, TAKEN),
                cert("a comment in UTF-8", "# \u00dcber uns\n" + chain, TAKEN),
                cert("ruled off as Mozilla does", "Root CA\n=======================\n" + chain, TAKEN),
                cert("PKCS#7 in PEM", block("PKCS7", of.pkcs7()), TAKEN),
                cert("PKCS#7 in DER", of.pkcs7(), TAKEN),
                cert("DER, one behind another", join(of.leafDer, of.caDer), TAKEN),
                new Form("PKCS#12", "--cert", of.keyStore("PKCS12", "secret", true), "secret", TAKEN),
                new Form("PKCS#12, empty password", "--cert", of.keyStore("PKCS12", "", true), null, TAKEN),
                cert("HAProxy: chain, DH parameters, key", chain + UnusualFiles.DH + of.ecKey, "note: Diffie-Hellman"),
                cert("chain behind its key", of.ecKey + chain, TAKEN),
                cert(
                        "a request between",
                        of.leaf + block("CERTIFICATE REQUEST", of.request()) + of.ca,
                        "note: request"),
                cert("the leaf twice", of.leaf + chain, "note: for the second time"),
                cert("a revocation list", chain + block("X509 CRL", of.revocationList()), "note: a revocation list"),
                cert("a block of an unknown kind", chain + block("ACME TICKET", new byte[9]), "note: 'ACME TICKET'"),
                cert("TRUSTED CERTIFICATE", block("TRUSTED CERTIFICATE", of.trusted(of.leafDer)) + of.ca, TAKEN));
    }

    static Stream<Form> refusedCertificates() throws Exception {
        UnusualFiles of = new UnusualFiles(directory);
        String leaf = of.leaf;
        String end = "-----END CERTIFICATE-----";
        return Stream.of(
                cert("END is missing", leaf.replace(end, ""), "line 1: the CERTIFICATE that begins there has no"),
                cert("END is missing before the next", leaf.replace(end, "") + of.ca, "line 1: the CERTIFICATE that"),
                cert("END of another kind", leaf.replace(end, "-----END X509-----"), "ends in another way"),
                cert("END without BEGIN", of.ca + end + "\n", "looks like the begin or end of a block is none"),
                cert("four dashes", of.ca + leaf.replace("-----BEGIN", "----BEGIN"), "looks like the begin"),
                cert("long dashes", of.ca + leaf.replace("-----", "\u2013\u2013-"), "looks like the begin"),
                cert("lower case", of.ca + leaf.toLowerCase(java.util.Locale.ROOT), "looks like the begin"),
                cert("BEGIN is lost", of.ca + leaf.substring(leaf.indexOf('\n')), "encoded data outside of a block"),
                cert("quoted in a mail", leaf.replace("\n", "\n> "), "line 2: a character that base64 does not have"),
                cert("base64 cut off", "-----BEGIN CERTIFICATE-----\nMIIBA\n" + end, "not whole"),
                cert("empty block", "-----BEGIN CERTIFICATE-----\n" + end + "\n", "the CERTIFICATE is empty"),
                cert("a damaged certificate", leaf.replace("MII", "MIJ"), "holds a damaged certificate, line 1"),
                cert("a curve written out", UnusualFiles.EXPLICIT_CURVE, "whose key has its curve written out"),
                cert("empty", "", "is empty"),
                cert("only a key", of.ecKey, "holds a private key and no certificate"),
                cert("only a request", block("CERTIFICATE REQUEST", of.request()), "holds no certificate, only a"),
                cert("a request in DER", of.request(), "is a certificate request, not a certificate"),
                cert("a key in DER", der(of.ecKey), "is a private key in PKCS#8, not a certificate"),
                cert("JKS", of.keyStore("JKS", "secret", true), "keytool -importkeystore"),
                cert("JCEKS", of.keyStore("JCEKS", "secret", true), "keytool -importkeystore"),
                cert("gzip", new byte[] {0x1f, (byte) 0x8b, 8, 0, 0, 0}, "gunzip"),
                cert("ZIP", "PK\u0003\u0004 rest", "unzip"),
                cert("a web page", "<!DOCTYPE html>\n<title>Sign in</title>", "is a web page"),
                cert("JSON", "{\"certificate\": \"\"}", "is JSON"),
                cert("PEM in base64", java.util.Base64.getEncoder().encodeToString(ascii(leaf)), "base64 -d"),
                cert("base64 without BEGIN", java.util.Base64.getMimeEncoder().encode(of.leafDer), "openssl base64 -d"),
                cert("a public key of SSH", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 me", "is a public key of SSH"),
                cert("Git LFS", "version https://git-lfs.github.com/spec/v1\noid x", "git lfs pull"),
                cert("Ansible", "$ANSIBLE_VAULT;1.1;AES256\n3132", "ansible-vault decrypt"),
                cert(
                        "PGP",
                        "-----BEGIN PGP MESSAGE-----\n\nAAAA\n=AAAA\n-----END PGP MESSAGE-----\n",
                        "is a PGP message"),
                cert("prose", "no certificate here", "holds no PEM certificate"),
                new Form("PKCS#12, no password", "--cert", of.keyStore("PKCS12", "x", true), null, "none was given"),
                new Form("PKCS#12, wrong password", "--cert", of.keyStore("PKCS12", "x", true), "y", "does not open"),
                ca(
                        "trusted for servers only",
                        block("TRUSTED CERTIFICATE", of.trusted(of.caDer, KeyPurposeId.id_kp_serverAuth)),
                        "do not trust it for clients"));
    }

    static Stream<Form> authorities() throws Exception {
        UnusualFiles of = new UnusualFiles(directory);
        return Stream.of(
                ca(
                        "trusted for clients",
                        block("TRUSTED CERTIFICATE", of.trusted(of.caDer, KeyPurposeId.id_kp_clientAuth)),
                        TAKEN),
                new Form("DER", "--client-ca", of.caDer, null, TAKEN),
                new Form("key store of trust", "--client-ca", of.keyStore("PKCS12", "x", false), "x", TAKEN),
                ca(
                        "list beside it",
                        of.ca + block("X509 CRL", of.revocationList()),
                        "note: --client-crl names the file"));
    }

    static Stream<Form> keys() throws Exception {
        UnusualFiles of = new UnusualFiles(directory);
        TestFiles files = of.files;
        String sec1 = TestFiles.traditional(files.ec);
        String dek = TestFiles.oldEncrypted(files.ec);
        byte[] sealed = ascii("openssh-key-v1\0\0\0\0\naes256-ctr\0\0\0\6bcrypt");
        return Stream.of(
                key("PKCS#8 with a mark", "\uFEFF" + of.ecKey, TAKEN),
                new Form("PKCS#8 in UTF-16", "--key", of.ecKey.getBytes(StandardCharsets.UTF_16LE), null, TAKEN),
                new Form("PKCS#8 in DER", "--key", der(of.ecKey), null, TAKEN),
                new Form(
                        "PKCS#8 in DER, encrypted", "--key", der(TestFiles.pbes2(files.ec)), TestFiles.PASSWORD, TAKEN),
                new Form("SEC1 in DER", "--key", der(sec1), null, TAKEN),
                new Form("PKCS#12", "--key", of.keyStore("PKCS12", "x", true), "x", TAKEN),
                key("OpenSSH's form", UnusualFiles.openSsh(files.ec), TAKEN),
                key("behind DH parameters", UnusualFiles.DH + of.ecKey, "note: Diffie-Hellman"),
                key("behind the chain", of.chain + of.ecKey, TAKEN),
                key("the same key twice", of.ecKey + of.ecKey, TAKEN),
                key("indented, on one line with END", of.ca.stripTrailing() + of.ecKey.indent(2), TAKEN),
                key("two keys", of.ecKey + of.rsaKey, "holds 2 private keys (line 1, line 5)"),
                key("OpenSSH's form, encrypted", block("OPENSSH PRIVATE KEY", sealed), "ssh-keygen -p -m PKCS8 -f"),
                key("OpenSSL's old encryption", dek, "openssl pkcs8 -topk8 -in"),
                key("DSA", block("DSA PRIVATE KEY", new byte[] {0x30, 0}), "holds a DSA key"),
                key("of a TPM", block("TSS2 PRIVATE KEY", new byte[] {0x30, 0}), "tpm2-pkcs11"),
                key("of an unknown kind", block("SOME PRIVATE KEY", new byte[] {0x30, 0}), "'SOME PRIVATE KEY'"),
                key("PuTTY", "PuTTY-User-Key-File-3: ssh-ed25519\n", "puttygen"),
                key("SSH.COM", "---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\n", "ssh-keygen -i -f"),
                key("on a curve of Bitcoin", of.onCurve("1.3.132.0.10"), "(on the curve secp256k1); use RSA"),
                key("on a Brainpool curve", of.onCurve("1.3.36.3.3.2.8.1.1.7"), "(on the curve brainpoolP256r1)"),
                key("for key agreement", TestFiles.pkcs8(TestFiles.keys("X25519", null)), "a key of an unknown kind"),
                key("a certificate", of.leaf, "holds a certificate and no private key"),
                new Form("a certificate in DER", "--key", of.leafDer, null, "holds a certificate and no private key"),
                new Form(
                        "a request in DER", "--key", of.request(), null, "is a certificate request, not a private key"),
                key(
                        "a public key",
                        block("PUBLIC KEY", files.ec.getPublic().getEncoded()),
                        "holds no private key, only a"));
    }

    private static Reading reading(Form form, List<String> notes) {
        return new Reading(form.password() == null ? null : form.password().toCharArray(), notes::add);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"chains", "authorities"})
    void certificatesAreTakenWholeAndInOrder(Form form) throws Exception {
        List<String> notes = new ArrayList<>();
        Path file = Files.write(directory.resolve("form"), form.content());
        List<X509Certificate> found = PemFiles.certificates(form.option(), file, reading(form, notes));
        assertThat(found.stream().map(each -> each.getSubjectX500Principal().getName()))
                .isEqualTo(
                        form.option().equals("--cert")
                                ? List.of("CN=localhost", "CN=Lockstep throw-away CA")
                                : List.of("CN=Lockstep throw-away CA"));
        expectNotes(form, notes);
    }

    private static void expectNotes(Form form, List<String> notes) {
        row(form, notes.isEmpty() ? "taken" : "taken, with the warning `" + notes.get(0) + "`");
        if (form.expected().equals(TAKEN)) {
            assertThat(notes).isEmpty();
        } else {
            assertThat(notes)
                    .singleElement()
                    .asString()
                    .startsWith(form.option() + ": " + directory.resolve("form"))
                    .contains("line ", form.expected().substring("note: ".length()));
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("keys")
    void aKeyIsTakenOrTheMessageSaysWhatToDo(Form form) throws Exception {
        List<String> notes = new ArrayList<>();
        if (form.expected().equals(TAKEN) || form.expected().startsWith("note: ")) {
            Path file = Files.write(directory.resolve("form"), form.content());
            assertThat(PemFiles.privateKey("--key", file, reading(form, notes)).getAlgorithm())
                    .isEqualTo("EC");
            expectNotes(form, notes);
        } else {
            theMessageSaysWhatToDo(form);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refusedCertificates")
    void theMessageSaysWhatToDo(Form form) throws Exception {
        Path file = Files.write(directory.resolve("form"), form.content());
        Reading reading = reading(form, new ArrayList<>());
        String message = null;
        try {
            if (form.option().equals("--key")) {
                PemFiles.privateKey("--key", file, reading);
            } else {
                PemFiles.certificates(form.option(), file, reading);
            }
        } catch (UsageError e) {
            message = e.getMessage();
        }
        assertThat(message)
                .isNotNull()
                .startsWith(form.option() + ": " + file + " ")
                .contains(form.expected())
                .matches(".+; .+")
                .doesNotContain("Exception", "null");
        row(form, "`" + message + "`");
    }

    /** OpenSSL derives from the bytes of a password, whichever letters they are; the file has them in some encoding. */
    @ParameterizedTest
    @MethodSource("passwords")
    void aPasswordBeyondAsciiOpensItsKey(String name, byte[] passwordFile, String pem) throws Exception {
        Path file = Files.write(directory.resolve("password"), passwordFile);
        Path key = Files.writeString(directory.resolve("encrypted.key"), pem);
        char[] password = KeyPassword.find(file, variable -> null);
        assertThat(PemFiles.privateKey("--key", key, new Reading(password, note -> {}))
                        .getAlgorithm())
                .isEqualTo("EC");
        row(new Form("password: " + name, "--key-password-file", new byte[0], null, TAKEN), "taken");
    }

    static Stream<Arguments> passwords() {
        String three = PASSWORD.substring(0, 3);
        return Stream.of(
                Arguments.of("UTF-8", ascii(PASSWORD + "\n"), UnusualFiles.PASSWORD_IN_UTF_8),
                Arguments.of("UTF-8 with a mark", ascii("\uFEFF" + PASSWORD), UnusualFiles.PASSWORD_IN_UTF_8),
                Arguments.of("line ends of Windows", ascii(PASSWORD + "\r\nx"), UnusualFiles.PASSWORD_IN_UTF_8),
                Arguments.of(
                        "UTF-16",
                        ("\uFEFF" + PASSWORD + "\r\n").getBytes(StandardCharsets.UTF_16LE),
                        UnusualFiles.PASSWORD_IN_UTF_8),
                Arguments.of("in UTF-8 for a key made in Latin-1", ascii(three), UnusualFiles.PASSWORD_IN_LATIN_1),
                Arguments.of("Latin-1", three.getBytes(StandardCharsets.ISO_8859_1), UnusualFiles.PASSWORD_IN_LATIN_1));
    }

    static Stream<Arguments> lists() throws Exception {
        UnusualFiles of = new UnusualFiles(directory);
        byte[] list = of.revocationList();
        String pem = block("X509 CRL", list);
        return Stream.of(
                Arguments.of("DER", list, 1),
                Arguments.of("two, END and BEGIN on one line", ascii(pem.stripTrailing() + pem), 2),
                Arguments.of("indented, with a mark", ascii("\uFEFF" + pem.indent(3)), 1),
                Arguments.of("beside its authority", ascii(of.ca + pem), 1),
                Arguments.of("UTF-16", pem.getBytes(StandardCharsets.UTF_16LE), 1));
    }

    @ParameterizedTest
    @MethodSource("lists")
    void revocationListsAreTakenWhole(String name, byte[] content, int number) throws Exception {
        Path file = Files.write(directory.resolve("lists"), content);
        List<String> notes = new ArrayList<>();
        assertThat(RevocationFiles.read("--client-crl", file, notes::add)).hasSize(number);
        assertThat(notes).isEmpty();
        row(new Form("lists: " + name, "--client-crl", content, null, TAKEN), "taken");
    }

    /** A pipe gives its content once, and a reload needs it again. */
    @Test
    void aPipeIsReadOnce() throws Exception {
        Path pipe = directory.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        Thread writer = new Thread(() -> {
            try {
                Files.writeString(pipe, "secret\n");
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        writer.start();
        assertThat(KeyPassword.find(pipe, name -> null)).containsExactly("secret".toCharArray());
        writer.join();
        assertThat(KeyPassword.find(pipe, name -> null)).containsExactly("secret".toCharArray());
    }

    private static void row(Form form, String outcome) {
        TABLE.add("| `" + form.option() + "` | " + form.name().replace("\\", "\\\\") + " | "
                + outcome.replace(directory + "/", "").replace("|", "\\|") + " |");
    }

    @AfterAll
    static void writeTable() throws Exception {
        Files.writeString(
                Path.of("target", "unusual-files.md"),
                "| option | file | outcome |\n|---|---|---|\n" + String.join("\n", TABLE) + "\n");
        assertThat(TABLE).as("forms").hasSizeGreaterThan(60);
    }
}
