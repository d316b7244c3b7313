package dev.lockstep.server.keyserver;

import dev.lockstep.keys.pkcs11.Pkcs11Keys;
import dev.lockstep.server.Environment;
import dev.lockstep.server.HelpSection;
import dev.lockstep.server.Numbers;
import dev.lockstep.server.ProviderOptions;
import dev.lockstep.server.UsageError;
import dev.lockstep.server.demo.DemoKeys;
import dev.lockstep.server.files.InputFile;
import dev.lockstep.server.pem.KeyPassword;
import dev.lockstep.server.pem.Reading;
import dev.lockstep.server.pem.SecretFiles;
import dev.lockstep.tls.wait.OperationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which keys a key server serves, and where they come from. */
@HelpSection("Keys")
final class KeyOptions {

    @Option(
            names = "--key",
            paramLabel = "FILE",
            description = "Private key: PKCS#8, also encrypted, PKCS#1, SEC1, OpenSSH, PKCS#12. Repeatable.")
    private List<Path> keys = new ArrayList<>();

    @Option(
            names = "--cert",
            paramLabel = "FILE",
            description = "Certificate that one of the keys must be for, in a file or in the token. Optional,"
                    + " repeatable.")
    private List<Path> certs = new ArrayList<>();

    @Option(
            names = "--key-password-file",
            paramLabel = "FILE",
            description =
                    "File whose first line is the password of encrypted keys and PKCS#12, --tls-key included; without"
                            + " it, the variable LOCKSTEP_KEY_PASSWORD has it.")
    private @Nullable Path passwordFile;

    @HelpSection("Keys in a PKCS#11 token")
    @Option(
            names = "--pkcs11",
            paramLabel = "LIBRARY",
            description = "Serve every key of a PKCS#11 token that has a certificate beside it, in the token or as"
                    + " --cert.")
    private @Nullable Path pkcs11;

    @HelpSection("Keys in a PKCS#11 token")
    @Option(
            names = "--pkcs11-slot-index",
            paramLabel = "N",
            description = "The token's place in the library's list of slots, from 0; ${DEFAULT-VALUE} by default.")
    private String slotIndex = "0";

    @HelpSection("Keys in a PKCS#11 token")
    @Option(names = "--pkcs11-pin-file", paramLabel = "FILE", description = "File that holds the token's PIN.")
    private @Nullable Path pinFile;

    @HelpSection("Keys in a PKCS#11 token")
    @Option(names = "--pkcs11-pin-env", paramLabel = "NAME", description = "Variable that holds the token's PIN.")
    private @Nullable String pinVariable;

    @HelpSection("Demonstration")
    @Option(
            names = "--demo-keys",
            paramLabel = "DIR",
            description = "Make an RSA-2048 and a P-256 key here, in memory, and write certificates for localhost:"
                    + " ca.pem, rsa.pem, ec.pem.")
    private @Nullable Path demoKeys;

    @HelpSection("Demonstration")
    @Option(
            names = "--demo-key-files",
            description = "Keep them in DIR/rsa.key and ec.key as well (mode 0600), and use those that are there.")
    private boolean demoKeyFiles;

    @Option(
            names = "--allow-decrypt",
            description =
                    "Decrypt RSA premaster secrets too, for the RSA key exchange; not with keys whose --cert is for"
                            + " signatures only.")
    private boolean allowDecrypt;

    @Option(
            names = "--allow-dhe",
            description =
                    "Sign for DHE suites too, with RSA keys and the groups ffdhe2048 to ffdhe4096. TLS servers need"
                            + " it whose policy offers DHE, such as 'intermediate' and 'compatible'. A TLS server that was taken"
                            + " over then chooses up to 576 bytes of what is signed, not 130.")
    private boolean allowDhe;

    @Option(
            names = "--allow-ca-certificate",
            description = "Serve a key whose certificate is a certificate authority's.")
    private boolean allowCaCertificate;

    @Mixin
    private final ProviderOptions providers = new ProviderOptions();

    private final ReplacementSecrets replacements = new ReplacementSecrets();
    private @Nullable ServedKeys demo;
    private @Nullable DemoKeys unwritten;

    /** Checks who else may read or write what is secret. */
    void check(SecretFiles secrets) throws UsageError {
        if (passwordFile != null) {
            secrets.check("--key-password-file", passwordFile);
        }
        for (Path file : keys) {
            secrets.check("--key", file);
        }
        if (pinFile != null) {
            secrets.check("--pkcs11-pin-file", pinFile);
        }
        if (demoKeys != null && demoKeyFiles) {
            for (Path file : DemoKeys.keyFiles(demoKeys)) {
                secrets.check("--demo-keys", file);
            }
        }
    }

    /** The password of encrypted keys; null for none. The caller wipes it. */
    char @Nullable [] password(Environment environment) throws UsageError {
        return KeyPassword.find(passwordFile, environment.variables());
    }

    /** Opens the token, once for the process. Returns null when none is asked for. */
    @Nullable
    Pkcs11Keys openToken() throws UsageError {
        if (pkcs11 == null) {
            return null;
        }
        int index = Numbers.require("--pkcs11-slot-index", slotIndex, 0, 1_000_000, "give the place, from 0");
        if (pinFile == null && pinVariable == null) {
            throw new UsageError(
                    "--pkcs11",
                    "it was not said where the PIN comes from",
                    "give --pkcs11-pin-file or --pkcs11-pin-env");
        }
        requireToken(pkcs11);
        try {
            Pkcs11Keys.Builder builder = Pkcs11Keys.builder(pkcs11).slotListIndex(index);
            return pinFile != null
                    ? builder.pinFile(pinFile).open()
                    : builder.pinEnvironment(String.valueOf(pinVariable)).open();
        } catch (OperationException e) {
            throw UsageError.of("--pkcs11", pkcs11 + ": ", e.getMessage(), "check library, slot and PIN");
        } catch (IllegalArgumentException e) {
            throw UsageError.of("--pkcs11", e);
        }
    }

    /** Java reports each of these as a token that cannot be opened. */
    private void requireToken(Path library) throws UsageError {
        if (!library.isAbsolute()) {
            throw new UsageError("--pkcs11", library + " is not absolute", "give the library's whole path");
        }
        if (!Files.isRegularFile(library)) {
            throw new UsageError(
                    "--pkcs11",
                    library + (Files.exists(library) ? " is no file" : " does not exist"),
                    "give the path of the token's PKCS#11 library");
        }
        if (pinFile != null) {
            requirePin(pinFile);
        }
        if (pinVariable != null && System.getenv(pinVariable) == null) {
            throw new UsageError(
                    "--pkcs11-pin-env",
                    "there is no environment variable " + pinVariable,
                    "give the name of the one that holds the token's PIN, and export it");
        }
    }

    /** A pipe is left alone: it gives the PIN once. */
    private static void requirePin(Path file) throws UsageError {
        if (Files.exists(file) && !Files.isRegularFile(file) && !Files.isDirectory(file)) {
            return;
        }
        byte[] content = InputFile.bytes("--pkcs11-pin-file", file);
        boolean isEmpty = content.length == 0 || content[0] == '\n' || content[0] == '\r';
        Arrays.fill(content, (byte) 0);
        if (isEmpty) {
            throw new UsageError("--pkcs11-pin-file", file + " has an empty first line", "write the token's PIN there");
        }
    }

    /** Writes the certificates of {@code --demo-keys}: when the other options are known to be right. */
    void writeDemoFiles() throws UsageError, IOException {
        DemoKeys made = unwritten;
        if (made != null) {
            unwritten = null; // with the authority's key
            made.write();
        }
    }

    private ServedKeys.Allowed allowed() {
        return new ServedKeys.Allowed(allowDecrypt, allowDhe, allowCaCertificate);
    }

    /** Reads the keys. Those of {@code --demo-keys} are made by the first call and stay. */
    ServedKeys load(Environment environment, @Nullable Pkcs11Keys token, Reading reading)
            throws UsageError, IOException {
        ServedKeys loaded = new ServedKeys(allowed(), providers.providers(), replacements);
        for (Path file : keys) {
            loaded.addFile(file, reading);
        }
        if (token != null) {
            loaded.addToken(token, reading.notes());
        }
        for (Path file : certs) {
            loaded.addCertificate(file, reading, token);
        }
        if (token != null) {
            ServedKeys.reportKeysWithoutCertificate(token, reading.notes());
        }
        if (demoKeys != null) {
            if (demo == null) {
                ServedKeys made = new ServedKeys(allowed(), providers.providers(), replacements);
                unwritten = DemoKeys.addTo(
                        made, demoKeys, demoKeyFiles, environment.clock().instant());
                demo = made;
            }
            loaded.addAll(demo);
        }
        if (token != null && loaded.served().isEmpty()) {
            throw new UsageError(
                    "--pkcs11",
                    "the token has no private key with a certificate of the same CKA_ID beside it",
                    "write the certificates into the token, or give --cert with each");
        }
        if (loaded.served().isEmpty()) {
            throw new UsageError("--key", "there is none", "give --key FILE, --pkcs11 LIBRARY or --demo-keys DIR");
        }
        return loaded;
    }
}
