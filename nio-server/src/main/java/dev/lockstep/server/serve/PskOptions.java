package dev.lockstep.server.serve;

import dev.lockstep.server.HelpSection;
import dev.lockstep.server.UsageError;
import dev.lockstep.server.pem.SecretFiles;
import dev.lockstep.tls.config.TlsServerConfigBuilder;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which pre-shared keys a server has (RFC 4279). */
@HelpSection("Pre-shared keys")
final class PskOptions {

    @Option(
            names = "--psk-file",
            paramLabel = "FILE",
            description = "Pre-shared keys, one identity:hexkey a line; enables the policy's PSK suites.")
    private @Nullable Path pskFile;

    @Option(names = "--psk-hint", paramLabel = "TEXT", description = "The identity hint sent to PSK clients.")
    private @Nullable String pskHint;

    boolean isGiven() {
        return pskFile != null;
    }

    /** Every file that {@link #apply} reads. */
    List<Path> files() {
        return pskFile == null ? List.of() : List.of(pskFile);
    }

    /** Checks who else may read or write the file. */
    void check(SecretFiles secrets) throws UsageError {
        if (pskFile != null) {
            secrets.check("--psk-file", pskFile);
        }
    }

    void apply(TlsServerConfigBuilder builder) throws UsageError {
        if (pskFile != null) {
            builder.preSharedKeys(PskFile.read(pskFile));
        }
        if (pskHint != null) {
            if (pskFile == null) {
                throw new UsageError("--psk-hint", "there is nothing to hint at", "add --psk-file");
            }
            try {
                builder.pskIdentityHint(pskHint);
            } catch (IllegalArgumentException e) {
                throw UsageError.of("--psk-hint", e);
            }
        }
    }
}
