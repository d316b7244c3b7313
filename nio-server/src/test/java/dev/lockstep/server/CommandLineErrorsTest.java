package dev.lockstep.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.server.demo.ThrowawayCa;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the user got wrong: exit 2, and one line that names the option, the cause and the fix. */
@Timeout(120)
class CommandLineErrorsTest {

    @TempDir
    static Path directory;

    private static TestFiles files;

    @BeforeAll
    static void makeFiles() throws Exception {
        files = new TestFiles(directory);
    }

    private static String refused(String... args) throws Exception {
        return refused(Map.of(), args);
    }

    private static String refused(Map<String, String> variables, String... args) throws Exception {
        Running running = Running.finished(variables, args);
        assertThat(running.exitCode()).isEqualTo(2);
        assertThat(running.out()).isEmpty();
        assertThat(running.err().lines()).hasSize(1);
        return running.err().strip();
    }

    /** {@code serve} with a good certificate and key, and whatever a case adds. */
    private static String refusedServe(String... more) throws Exception {
        return refused(serve(files.rsaCert, files.rsaKey, more));
    }

    private static String[] serve(Path cert, Path key, String... more) {
        List<String> args =
                new ArrayList<>(List.of("serve", "--port", "0", "--cert", cert.toString(), "--key", key.toString()));
        args.addAll(List.of(more));
        return args.toArray(String[]::new);
    }

    @Test
    void aMissingPort() throws Exception {
        assertThat(refused("serve")).isEqualTo("--port: is missing; give the port to listen on, or 0 for a free one");
    }

    @Test
    void aPortThatIsNoPort() throws Exception {
        assertThat(refused("serve", "--port", "https")).startsWith("--port: 'https' is not a whole number; give");
        assertThat(refused("serve", "--port", "65536")).startsWith("--port: 65536 is not between 0 and 65535; give");
        assertThat(refused("demo", "--port", "-1")).startsWith("--port: -1 is not between");
    }

    /** As a shell variable gives it that is not set: it would be this directory, or this machine. */
    @Test
    void aValueThatIsEmpty() throws Exception {
        assertThat(refusedServe("--host", ""))
                .isEqualTo("--host: its value is empty; give HOST, and see that every variable in the command is set");
        assertThat(refusedServe("--cert=")).startsWith("--cert: its value is empty; give FILE, ");
        assertThat(refusedServe("--client-ca", files.caCert.toString(), "--client-ca", ""))
                .startsWith("--client-ca: its value is empty; ");
        assertThat(refused("keyserver", "--socket", "")).startsWith("--socket: its value is empty; give PATH, ");
        assertThat(refused("audit", "verify", "")).startsWith("FILE: its value is empty; ");
    }

    @Test
    void limitsThatAreNone() throws Exception {
        assertThat(refusedServe("--max-connections", "0")).startsWith("--max-connections: 0 is not between 1 and");
        assertThat(refusedServe("--max-connections", "99999999999"))
                .startsWith("--max-connections: 99999999999 is not between 1 and 1048576; give how many");
        assertThat(refusedServe("--max-connections", "10", "--max-connections-per-address", "11"))
                .startsWith("--max-connections-per-address: 11 is not between 1 and 10; give at most");
        assertThat(refusedServe("--max-connection-memory", "lots"))
                .startsWith("--max-connection-memory: 'lots' is not a whole number; give less than the heap");
        assertThat(refusedServe("--max-client-hello", "100"))
                .startsWith("--max-client-hello: 100 is not between 512 and 196608; give");
    }

    @Test
    void aPolicyFileThatEndsInABackslash() throws Exception {
        for (String last : List.of("\\", "suites = \\", "\\\n\\")) {
            Path policy = files.write("cut.policy", "policy = modern\n" + last + "\n");
            assertThat(refusedServe("--policy-file", policy.toString()))
                    .isEqualTo("--policy-file: " + policy + " line 2 is not continued; remove the backslash");
        }
    }

    /** It would be part of a name, or continue a line that a blank one ends. */
    @Test
    void aPolicyFileWithABackslashTooMany() throws Exception {
        for (String text : List.of("suites = A\\\\\n\n", "suites = A\\\\\nB", "suites = A\\ B")) {
            Path policy = files.write("more.policy", "policy = modern\n" + text + "\n");
            assertThat(refusedServe("--policy-file", policy.toString()))
                    .isEqualTo("--policy-file: " + policy
                            + " line 2 has a backslash too many; leave one, at the end of a" + " line to be continued");
        }
    }

    @Test
    void limitsThatLeaveALoopNothing() throws Exception {
        assertThat(refusedServe("--threads", "8", "--max-connections", "7"))
                .isEqualTo(
                        "--max-connections: 7 are fewer than the 8 loops of --threads; give one for each loop at least,"
                                + " or fewer --threads");
        assertThat(refusedServe("--threads", "17", "--max-connection-memory", "1"))
                .isEqualTo("--max-connection-memory: 1 MiB are less than 64 KiB for each of the 17 loops of --threads;"
                        + " give more, or fewer --threads");
    }

    @Test
    void warmUpsThatAreNone() throws Exception {
        assertThat(refusedServe("--warm-up", "0"))
                .isEqualTo("--warm-up: 0 is not between 1 and 100000; give how many handshakes");
        assertThat(refusedServe("--warm-up=much")).startsWith("--warm-up: 'much' is not a whole number; give");
    }

    @Test
    void aPortThatIsInUse() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(taken.getLocalPort());
            String[] args = serve(files.rsaCert, files.rsaKey);
            args[2] = port;
            assertThat(refused(args))
                    .isEqualTo("--port: " + port + " on 127.0.0.1 is in use; choose another, or 0 for a free one");
        }
    }

    /** What the locale of a process cannot write is no path either, and there the C locale has ASCII only. */
    @Test
    void pathsThatAreNone() throws Exception {
        String fix =
                "no path can be like 'a b'; check it, and if it has letters beyond ASCII, the locale of this process"
                        + " (LC_ALL)";
        assertThat(refusedServe("--access-log", "a\0b")).isEqualTo("--access-log: " + fix);
        assertThat(refusedServe("--sni", "localhost=a\0b," + files.ecKey)).isEqualTo("--sni: " + fix);
        assertThat(refusedServe("--backend", "unix:a\0b")).isEqualTo("--backend: " + fix);
        assertThat(refusedServe("--key", "file:a%00b")).startsWith("--");
    }

    @Test
    void anAddressThatIsNotOurs() throws Exception {
        assertThat(refusedServe("--host", "192.0.2.1")).startsWith("--host: port 0 on 192.0.2.1 cannot be opened");
        assertThat(refusedServe("--admin", "192.0.2.1:0"))
                .startsWith("--admin: 192.0.2.1:0 cannot be opened (")
                .endsWith("); give an address of this machine and a port that is free and that you may use");
        assertThat(refusedServe("--backend", "http://127.0.0.1:80"))
                .isEqualTo("--backend: 'http://127.0.0.1:80' is a URL; write HOST:PORT, [ADDRESS]:PORT or unix:/path");
        assertThat(refusedServe("--host", "no such host")).startsWith("--host: 'no such host' has no address; give");
        assertThat(refusedServe("--host", "127.0.0.1:8443"))
                .isEqualTo("--host: '127.0.0.1:8443' has no address; give a name or an address alone, and the port as"
                        + " --port");
        assertThat(refusedServe("--accept-proxy", "256.1.1.1"))
                .startsWith("--accept-proxy: '256.1.1.1' is no address and no block of addresses; ");
        assertThat(refusedServe("--host", "fe80::1"))
                .startsWith("--host: port 0 on fe80::1 cannot be opened (")
                .endsWith("; add the interface to this address, for example fe80::1%eth0");
    }

    @Test
    void anOptionOrValueThatDoesNotExist() throws Exception {
        assertThat(refused("serve", "--prot", "1")).isEqualTo("--prot: unknown here; see 'lockstep serve --help'");
        assertThat(refused("serve", "--port")).isEqualTo("--port: its value is missing; see 'lockstep serve --help'");
        assertThat(refusedServe("--port", "1")).isEqualTo("--port: was given twice; give it once");
        assertThat(refusedServe("--trace=yes")).isEqualTo("--trace: takes no value; leave '=yes' out");
        assertThat(refused("completion", "bash")).isEqualTo("bash: unknown here; see 'lockstep completion --help'");
        assertThat(refused("server")).startsWith("server: unknown here; see 'lockstep --help'");
    }

    @Test
    void noCertificateAtAll() throws Exception {
        assertThat(refused("serve", "--port", "0"))
                .isEqualTo("--cert: none was given; give --cert FILE --key KEY, or try 'lockstep demo' without files");
    }

    @Test
    void aCertificateWithoutKey() throws Exception {
        assertThat(refusedServe("--cert", files.ecCert.toString()))
                .isEqualTo("--key: there are 2 --cert and 1 --key; give one --key for each --cert, in the same order");
        assertThat(refused("serve", "--port", "0", "--key", files.rsaKey.toString()))
                .startsWith("--cert: ");
    }

    @Test
    void aCertificateAloneIsToldWhereItsKeyCanBe() throws Exception {
        assertThat(refused("serve", "--port", "0", "--cert", files.rsaCert.toString()))
                .isEqualTo(
                        "--key: none was given for the --cert; add --key and where the key is: file:PATH, pkcs11:URI,"
                                + " keyserver:SOCKET, keyserver+tls://HOST:PORT?cert=&key=&ca= or ssh-agent:[SOCKET]");
    }

    @Test
    void anUnknownPlaceOfKeys() throws Exception {
        assertThat(refused("serve", "--port", "0", "--cert", files.rsaCert.toString(), "--key", "vault:tls"))
                .startsWith("--key: 'vault:' is no place of keys that is known here; use file:PATH, ");
        assertThat(refusedServe("--sni", "a.test=" + files.ecCert + ",pkcs11:token=a,b?pin-value=1"))
                .startsWith("--sni: pin-value shows the PIN to every user of this machine; ");
        for (String scheme : List.of("keyserver:", "ssh-agent:")) {
            assertThat(refused(
                            "serve", "--port", "0", "--cert", files.rsaCert.toString(), "--key", scheme + files.rsaKey))
                    .isEqualTo(
                            "--key: " + files.rsaKey + " is no socket; give the path of the socket that it listens on");
        }
        assertThat(refused(
                        "serve",
                        "--port",
                        "0",
                        "--cert",
                        files.rsaCert.toString(),
                        "--key",
                        "keyserver+tls://localhost:1?cert=" + directory.resolve("gone") + "&key=" + files.rsaKey
                                + "&ca=" + files.caCert))
                .endsWith("gone does not exist; check the path");
        Path authority = Files.copy(files.caCert, directory.resolve("key-servers.pem"));
        Files.setPosixFilePermissions(authority, PosixFilePermissions.fromString("rw-rw-rw-"));
        assertThat(refused(
                        "serve",
                        "--port",
                        "0",
                        "--cert",
                        files.rsaCert.toString(),
                        "--key",
                        "keyserver+tls://localhost:1?cert=" + files.rsaCert + "&key=" + files.rsaKey + "&ca="
                                + authority))
                .contains("keyserver+tls-ca: " + authority + " can be written by others");
        assertThat(refused("serve", "--port", "0", "--cert", files.rsaCert.toString(), "--key", "pkcs11:token=a"))
                .startsWith("--key: the PKCS#11 library is not named; add '?module-path=");
    }

    @Test
    void anOptionForFilesWithoutAFile() throws Exception {
        assertThat(refused(serve(files.rsaCert, Path.of("ssh-agent:"), "--key-inline")))
                .isEqualTo("--key-inline: no key comes from a file; leave it out");
    }

    @Test
    void twoCertificatesOfOneKindForOneName() throws Exception {
        String ec = files.ecCert + "," + files.ecKey;
        assertThat(refusedServe("--sni", "a.test=" + ec, "--sni", "A.test.=" + ec))
                .isEqualTo(
                        "--sni: there are two certificates with an EC key of 256 bits for 'A.test.'; give one for each"
                                + " kind of key");
        assertThat(refusedServe("--cert", files.rsaCert.toString(), "--key", files.rsaKey.toString()))
                .startsWith("--cert: there are two certificates with an RSA key for clients without a server name; ");
        try (Running both = Running.start(serve(
                files.rsaCert,
                files.rsaKey,
                "--sni",
                "a.test=" + ec,
                "--sni",
                "a.test=" + files.rsaCert + "," + files.rsaKey,
                "--sni",
                "b.test=" + ec))) {
            assertThat(both.err()).doesNotContain(" WARNING ", " ERROR ");
        }
    }

    @Test
    void strictWithoutNames() throws Exception {
        assertThat(refusedServe("--sni-strict"))
                .isEqualTo("--sni-strict: no host name is known; add --sni HOST=CERT,KEY for each");
    }

    @Test
    void optionsAboutSessionsThatDoNotFit() throws Exception {
        assertThat(refusedServe("--session-cache", "many")).startsWith("--session-cache: 'many' is not a whole number");
        Path keys = files.write("short.key", "x".repeat(48));
        assertThat(refusedServe("--ticket-keys", keys.toString()))
                .startsWith("--ticket-keys: " + keys + " is no ticket key; a ticket key of 48 bytes is for AES-128");
        assertThat(refusedServe(
                        "--ticket-keys", files.write("16.key", "x".repeat(16)).toString()))
                .endsWith("16.key is no ticket key: it has 16 bytes; give 80 bytes (openssl rand 80)");
        assertThat(refusedServe("--no-tickets", "--ticket-keys", keys.toString()))
                .isEqualTo("--no-tickets: contradicts --ticket-keys; choose one");
        Path key = files.write("ticket.key", "0123456789".repeat(8));
        assertThat(refusedServe("--ticket-keys", key.toString(), "--ticket-keys", key.toString()))
                .startsWith("--ticket-keys: ")
                .contains("twice");
        Path hex = files.write("hex.key", "0123456789abcdef".repeat(10) + "\n");
        assertThat(refusedServe("--ticket-keys", hex.toString()))
                .isEqualTo("--ticket-keys: " + hex + " is in hexadecimal; convert it: xxd -r -p " + hex + " " + hex
                        + ".bin");
        Path policy = files.write("policy.properties", "policy = modern\n");
        assertThat(refusedServe("--policy-file", policy.toString(), "--policy", "compatible"))
                .isEqualTo("--policy: there is a --policy-file; put it into " + policy);
    }

    @Test
    void anRsaKeyThatIsTooSmall() throws Exception {
        // RFC 9325 4.5-3
        java.security.KeyPairGenerator generator = java.security.KeyPairGenerator.getInstance("RSA");
        generator.initialize(1024);
        KeyPair small = generator.generateKeyPair();
        Path key = files.write("small.key", TestFiles.pkcs8(small));
        Path cert = files.write("small.pem", ThrowawayCa.pem(files.ca.issueForLocalhost(small)));
        assertThat(refused(serve(cert, key)))
                .isEqualTo("--cert: 'CN=localhost' in " + cert
                        + " is for an RSA key of 1024 bits; use one of 2048 bits or more");
        assertThat(refused(serve(files.rsaCert, key)))
                .isEqualTo("--key: " + key + " holds an RSA key of 1024 bits; use one of 2048 bits or more");
    }

    @Test
    void anEcKeyWithNothingInside() throws Exception {
        Path hollow = files.write("hollow.pem", """
                -----BEGIN PRIVATE KEY-----
                MBoCAQAwEwYHKoZIzj0CAQYIKoZIzj0DAQcEAA==
                -----END PRIVATE KEY-----
                """);
        assertThat(refused(serve(files.ecCert, hollow))).startsWith("--key: " + hollow + " holds an unusable EC key;");
    }

    @Test
    void aDelayThatEveryHandshakeWouldTireOf() throws Exception {
        assertThat(refusedServe("--key-delay-ms", "30000"))
                .isEqualTo("--key-delay-ms: 30000 is not between 0 and 25000; give milliseconds");
    }

    @Test
    void wrongFiles() throws Exception {
        Path gone = directory.resolve("gone.pem");
        Path text = files.write("readme.txt", "not PEM at all\n");
        assertThat(refused(serve(gone, files.rsaKey))).isEqualTo("--cert: " + gone + " does not exist; check the path");
        Path endless = files.write("endless.pem", "x".repeat((1 << 20) + 1));
        assertThat(refused(serve(endless, files.rsaKey)))
                .isEqualTo("--cert: " + endless + " is larger than 1 MiB; is it the right file?");
        assertThat(refused(serve(directory, files.rsaKey)))
                .isEqualTo("--cert: " + directory + " is a directory; give a file");
        assertThat(refused(serve(text, files.rsaKey)))
                .startsWith("--cert: " + text + " holds no PEM certificate; give");
        assertThat(refused(serve(files.rsaKey, files.rsaKey)))
                .startsWith("--cert: " + files.rsaKey + " holds a private key and no certificate; give");
        assertThat(refused(serve(files.rsaCert, files.rsaCert)))
                .startsWith("--key: " + files.rsaCert + " holds a certificate and no private key; give");
        assertThat(refused(serve(files.rsaCert, text)))
                .startsWith("--key: " + text + " holds no PEM private key; give");
    }

    @Test
    void damagedFiles() throws Exception {
        String pem = Files.readString(files.rsaCert);
        Path cut = files.write("cut.pem", pem.substring(0, pem.length() / 2));
        Path broken = files.write("broken.pem", pem.replace("MII", "MIJ"));
        Path key = files.write("broken.key", Files.readString(files.rsaKey).replace("MII", "QUJ"));
        assertThat(refused(serve(cut, files.rsaKey)))
                .startsWith("--cert: " + cut + " line 1: the CERTIFICATE that begins");
        assertThat(refused(serve(broken, files.rsaKey))).startsWith("--cert: " + broken + " holds a damaged");
        assertThat(refused(serve(files.rsaCert, key))).startsWith("--key: " + key + " holds ");
    }

    @Test
    void aKeyThatDoesNotMatchItsCertificate() throws Exception {
        KeyPair other = files.ca.rsa();
        Path otherKey = files.write("other.key", TestFiles.pkcs8(other));
        for (Path key : List.of(otherKey, files.ecKey)) {
            assertThat(refused(serve(files.rsaCert, key)))
                    .isEqualTo("--key: " + key + " does not match the certificate in " + files.rsaCert
                            + "; give the key that the certificate was issued for");
        }
    }

    @Test
    void anExpiredCertificateOrOneOfTheFuture() throws Exception {
        KeyPair keys = files.ca.ec();
        Path key = files.write("dated.key", TestFiles.pkcs8(keys));
        ThrowawayCa past = new ThrowawayCa(Instant.now().minus(Duration.ofDays(30)));
        Path expired = files.write("expired.pem", ThrowawayCa.pem(past.issueForLocalhost(keys)));
        ThrowawayCa future = new ThrowawayCa(Instant.now().plus(Duration.ofDays(30)));
        Path early = files.write("early.pem", ThrowawayCa.pem(future.issueForLocalhost(keys)));

        assertThat(refused(serve(expired, key)))
                .matches("--cert: 'CN=localhost' in .*expired\\.pem expired on \\d{4}-\\d\\d-\\d\\d .* UTC; renew it");
        assertThat(refused(serve(early, key))).contains("is not valid before").contains("check the clock");
    }

    @Test
    void aChainInTheWrongOrder() throws Exception {
        // RFC 5246 7.4.2-3, 7.4.2-4
        String ca = Files.readString(files.caCert);
        String leaf = Files.readString(files.rsaCert);
        Path reversed = files.write("reversed.pem", ca + leaf);
        Path stranger =
                files.write("stranger.pem", leaf + ThrowawayCa.pem(new ThrowawayCa(Instant.now()).certificate()));

        assertThat(refused(serve(reversed, files.rsaKey)))
                .startsWith("--cert: ")
                .contains(
                        "'CN=localhost' did not issue 'CN=Lockstep throw-away CA', which stands before it; put the leaf");
        assertThat(refused(serve(stranger, files.rsaKey))).contains("(same name, other key)");
        try (Running right = Running.start(serve(files.write("right.pem", leaf + ca), files.rsaKey))) {
            assertThat(right.err()).doesNotContain(" WARNING ", " ERROR ");
        }
    }

    @Test
    void anEncryptedKeyWithoutOrWithTheWrongPassword() throws Exception {
        Path key = files.write("encrypted.key", TestFiles.pbes2(files.rsa));
        Path wrong = files.write("wrong.txt", "mellon\n");
        Path empty = files.write("empty.txt", "\n");

        assertThat(refused(serve(files.rsaCert, key)))
                .isEqualTo("--key: " + key + " is encrypted and no password was given; use --key-password-file FILE"
                        + " or the environment variable LOCKSTEP_KEY_PASSWORD");
        assertThat(refused(serve(files.rsaCert, key, "--key-password-file", wrong.toString())))
                .startsWith("--key: " + key + " does not open with this password; check");
        assertThat(refused(Map.of("LOCKSTEP_KEY_PASSWORD", "friend"), serve(files.rsaCert, key)))
                .startsWith("--key: " + key + " does not open with this password; check");
        assertThat(refused(serve(files.rsaCert, key, "--key-password-file", empty.toString())))
                .startsWith("--key-password-file: ");
    }

    @Test
    void aKeyInOpenSslsOldEncryption() throws Exception {
        Path key = files.write("old.key", TestFiles.oldEncrypted(files.rsa));
        assertThat(refused(serve(files.rsaCert, key))).contains("DEK-Info").contains("openssl pkcs8 -topk8 -in " + key);
    }

    @Test
    void aKeyOfAnUnknownKind() throws Exception {
        Path dsa = files.write("dsa.key", TestFiles.pkcs8(TestFiles.keys("X25519", null)));
        assertThat(refused(serve(files.rsaCert, dsa)))
                .matches("--key: .* holds a key of an unknown kind \\(1\\.3\\.101\\.110\\); use RSA, EC, .*");
    }

    @Test
    void unknownNames() throws Exception {
        assertThat(refusedServe("--suites", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA25"))
                .isEqualTo("--suites: 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA25' is no cipher suite that this server knows;"
                        + " use a name such as TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");
        assertThat(refusedServe("--groups", "x25519,brainpoolP256r1"))
                .startsWith("--groups: 'brainpoolP256r1' is no group that this server knows; use x25519, secp256r1, ");
        assertThat(refusedServe("--suites", "TLS_AES_128_GCM_SHA256"))
                .contains("is a cipher suite of TLS 1.3, and this server speaks TLS 1.2; leave it out");
        assertThat(refusedServe("--suites", "HIGH:!aNULL")).contains("'HIGH' is a rule for OpenSSL's list of suites");
        assertThat(refusedServe("--suites", "TLS_RSA_WITH_RC4_128_MD5")).contains("is no suite that is safe");
        assertThat(refusedServe("--sigalgs", ",")).startsWith("--sigalgs: '' is no signature scheme that");
        assertThat(refusedServe("--policy", "strict")).startsWith("--policy: 'strict' is no policy that");
        assertThat(refusedServe("--groups", "x25519,X25519"))
                .isEqualTo("--groups: 'X25519' is named twice; name each group once");
    }

    @Test
    void aSuiteThatNoCredentialCanServe() throws Exception {
        assertThat(refusedServe("--suites", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"))
                .startsWith("--suites: ")
                .contains("; ");
        assertThat(refusedServe(
                        "--suites", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"))
                .startsWith("--suites: ")
                .contains("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256");
        assertThat(refusedServe("--groups", "ffdhe2048")).startsWith("--groups: ");
        assertThat(refusedServe("--sigalgs", "ed25519")).startsWith("--sigalgs: ");
    }

    @Test
    void optionsThatContradictEachOther() throws Exception {
        assertThat(refusedServe("--http", "--echo")).isEqualTo("--echo: was given together with --http; choose one");
        assertThat(refusedServe("--key-inline", "--key-delay-ms", "5"))
                .isEqualTo("--key-inline: contradicts --key-delay-ms; choose one");
        assertThat(refusedServe("--key-delay-ms", "soon")).startsWith("--key-delay-ms: 'soon' is not a whole number");
        assertThat(refusedServe("--key-delay-ms", "-5")).startsWith("--key-delay-ms: -5 is not between 0 and");
    }

    @Test
    void aRenegotiationThatIsNoneOrHasNoMeasure() throws Exception {
        assertThat(refusedServe("--renegotiation", "sometimes"))
                .isEqualTo("--renegotiation: 'sometimes' is no mode; use none, secure or legacy");
        assertThat(refusedServe("--max-renegotiations", "3"))
                .isEqualTo("--max-renegotiations: there is no renegotiation; add --renegotiation secure");
        assertThat(refusedServe("--renegotiation", "secure", "--max-renegotiations", "0"))
                .startsWith("--max-renegotiations: 0 is not between 1 and");
    }

    @Test
    void anSniPairOfAnotherForm() throws Exception {
        for (String value : List.of("a.test", "a.test=cert.pem", "=c,k", "a.test=,k", "a.test=c,")) {
            assertThat(refusedServe("--sni", value))
                    .isEqualTo("--sni: '" + value + "' has another form; write HOST=CERTFILE,KEY");
        }
        assertThat(refusedServe("--sni", "a.test=" + files.ecCert + "," + files.rsaKey))
                .startsWith("--sni: " + files.rsaKey + " does not match the certificate in " + files.ecCert);
        assertThat(refusedServe("--sni", "a_*.test=" + files.ecCert + "," + files.ecKey))
                .startsWith("--sni: 'a_*.test' is not a host name");
    }

    @Test
    void anAlpnNameThatDoesNotFit() throws Exception {
        assertThat(refusedServe("--alpn", "spdy/3,,http/1.1")).startsWith("--alpn: '' does not fit");
    }

    @Test
    void aKeyLogThatCannotBeWritten() throws Exception {
        assertThat(refusedServe(
                        "--keylog", directory.resolve("no/such/dir/keys.log").toString()))
                .startsWith("--keylog: ")
                .endsWith("does not exist; make it, or give another path");
    }

    @Test
    void controlCharactersInNamesDoNotBreakTheLine() throws Exception {
        assertThat(refusedServe("--suites", "A\nB")).startsWith("--suites: 'A B' is no cipher suite");
    }

    @Test
    void withoutACommandTheHelpIsShown() throws Exception {
        Running running = Running.finished(Map.of());
        assertThat(running.exitCode()).isZero();
        assertThat(running.out()).contains("demo").contains("serve");
        Running help = Running.finished(Map.of(), "serve", "--help");
        assertThat(help.out()).contains("--key-delay-ms").contains("--sni");
    }

    @Test
    void clientAuthenticationThatCannotWork() throws Exception {
        String authority = files.rsaCert.toString();
        assertThat(refusedServe("--client-auth", "require"))
                .isEqualTo(
                        "--client-auth: no authority of clients is trusted; name their authority with --client-ca FILE");
        assertThat(refusedServe("--client-ca", authority)).startsWith("--client-ca: no client is asked");
        assertThat(refusedServe("--client-auth", "always", "--client-ca", authority))
                .isEqualTo("--client-auth: 'always' has no such mode; use none, want or require");
        assertThat(refusedServe("--client-auth", "require", "--client-auth", "none", "--client-ca", authority))
                .isEqualTo("--client-auth: was given twice without a host name; give one mode for each host name,"
                        + " and one without a name for all others");
        assertThat(refusedServe("--client-auth", "A.test=require", "--client-auth", "a.test=none"))
                .startsWith("--client-auth: 'a.test' was given twice; give one mode");
        assertThat(refusedServe("--client-auth", "a b=want", "--client-ca", authority))
                .startsWith("--client-auth: 'a b' is not a host name; give");
        assertThat(refusedServe("--client-auth", "want", "--client-ca", files.rsaKey.toString()))
                .startsWith("--client-ca: ")
                .contains("holds a private key and no certificate");
        assertThat(refusedServe("--client-auth", "want", "--client-ca", authority, "--client-crl", authority))
                .startsWith("--client-crl: ");
        Path list = Files.writeString(directory.resolve("clients.crl"), "x");
        Files.setPosixFilePermissions(list, PosixFilePermissions.fromString("rw-rw-rw-"));
        String[] options = {"--client-auth", "want", "--client-ca", authority, "--client-crl", list.toString()};
        assertThat(refusedServe(options)).startsWith("--client-crl: " + list + " can be written by others");
        options[3] = list.toString();
        options[5] = authority;
        assertThat(refusedServe(options)).startsWith("--client-ca: " + list + " can be written by others");
    }

    /** The last of two would win, and turn off what the first requires. */
    @Test
    void aHostNameIsTheSameWithTheDotOfTheRoot() throws Exception {
        String authority = files.caCert.toString();
        assertThat(refusedServe(
                        "--client-ca",
                        authority,
                        "--client-auth",
                        "*.a.test=require",
                        "--client-auth",
                        "*.A.test.=none"))
                .startsWith("--client-auth: '*.a.test' was given twice; give one mode");
    }

    @Test
    void hostNamesThatNoClientAsksFor() throws Exception {
        for (String name :
                List.of("m\u00fcnchen.test", "-a.test", "a-.test", "a..test", "*", "[::1]", "x".repeat(64) + ".test")) {
            assertThat(refusedServe("--backend", name + "=127.0.0.1:80"))
                    .isEqualTo("--backend: '" + name + "' is not a host name; give it in ASCII (A-labels), with '*.' in"
                            + " front for a wildcard");
        }
        String pair = files.ecCert + "," + files.ecKey;
        for (String[] option : new String[][] {
            {"--backend", "=127.0.0.1:80"}, {"--sni", "=" + pair}, {"--client-auth", "=none"},
        }) {
            assertThat(refusedServe(option[0], "127.0.0.1" + option[1]))
                    .startsWith(
                            option[0] + ": '127.0.0.1' is an address, and clients send names only (RFC 6066 3); leave");
        }
    }

    @Test
    void numbersInDigitsOfOtherScripts() throws Exception {
        assertThat(refused("serve", "--port", "\u0668\u0664"))
                .endsWith("' is not a whole number; give the port to listen on," + " or 0 for a free one");
        assertThat(refusedServe("--backend", "127.0.0.1:\u0668\u0660")).contains("names no host and port");
        assertThat(refusedServe("--accept-proxy", "192.0.2.0/\u0662\u0664")).contains("is no address and no block");
    }

    @Test
    void anAdminPortWithoutItsHost() throws Exception {
        for (String value : List.of(":9443", "::1:9443", "::9443")) {
            assertThat(refusedServe("--admin", value))
                    .isEqualTo("--admin: '" + value + "' names no host before its port; write PORT for the loopback"
                            + " address, HOST:PORT or [ADDRESS]:PORT");
        }
    }

    @Test
    void aRenegotiationIntervalThatIsNone() throws Exception {
        assertThat(refusedServe("--renegotiation-interval", "3"))
                .isEqualTo("--renegotiation-interval: there is no renegotiation; add --renegotiation secure");
        assertThat(refusedServe("--renegotiation", "secure", "--renegotiation-interval", "86401"))
                .startsWith("--renegotiation-interval: 86401 is not between 0 and 86400; give seconds");
    }

    /** Lines in a key or a certificate would be the end of it at the next start. */
    @Test
    void aFileOfLinesThatIsReadOrHasTwoKindsOfThem() throws Exception {
        String before = Files.readString(files.rsaKey);
        Path link = Files.createSymbolicLink(directory.resolve("link.log"), files.rsaKey);
        for (Path file : List.of(files.rsaKey, link)) {
            for (String option : List.of("--access-log", "--keylog")) {
                assertThat(refusedServe(option, file.toString()))
                        .isEqualTo(option + ": " + file
                                + " is a file that this server reads; give another path for the lines");
            }
        }
        assertThat(Files.readString(files.rsaKey)).isEqualTo(before);
        Path one = directory.resolve("one.log");
        assertThat(refusedServe(
                        "--access-log",
                        one.toString(),
                        "--keylog",
                        directory.resolve("./one.log").toString()))
                .endsWith("one.log is the file of --access-log; give each its own file");
        assertThat(one).doesNotExist();
    }

    @Test
    void linksThatLeadToThemselves() throws Exception {
        Path loop = Files.createSymbolicLink(directory.resolve("loop"), directory.resolve("loop"));
        assertThat(refused(serve(loop, files.rsaKey)))
                .isEqualTo("--cert: " + loop + " is a link that leads to itself; make the link again");
        assertThat(refusedServe("--access-log", loop.toString()))
                .isEqualTo("--access-log: " + loop + " is a link that leads to itself; give another path");
    }

    @Test
    void aKeyOfAnotherCertificateForTheKeyServersTls() throws Exception {
        String cert = files.rsaCert.toString();
        String key = files.ecKey.toString();
        assertThat(refused(
                        "keyserver",
                        "--tcp",
                        "127.0.0.1:0",
                        "--key",
                        files.rsaKey.toString(),
                        "--tls-cert",
                        cert,
                        "--tls-key",
                        key,
                        "--tls-client-ca",
                        files.caCert.toString(),
                        "--allow-client",
                        "dns:a.test"))
                .isEqualTo("--tls-key: " + key + " does not match the certificate in " + cert
                        + "; give the key that the certificate was issued for");
    }
}
