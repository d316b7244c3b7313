package dev.lockstep.server.serve;

import dev.lockstep.server.HelpSection;
import dev.lockstep.server.UsageError;
import dev.lockstep.server.credential.Findings;
import dev.lockstep.server.credential.OcspFiles;
import dev.lockstep.server.files.InputFile;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.setting.ConfigException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** What goes beside a certificate: an OCSP response (RFC 6066 section 8) and signed certificate timestamps (RFC 6962). */
@HelpSection("Certificates and keys")
final class StaplingOptions {

    @Option(
            names = "--ocsp",
            paramLabel = "FILE",
            description = "An OCSP response, in DER, for the --cert or --sni certificate that it is about; a new one is"
                    + " read when the file changes. Repeatable.")
    private List<Path> responses = new ArrayList<>();

    @Option(
            names = "--sct",
            paramLabel = "FILE",
            description = "A signed certificate timestamp, in binary form, for the first --cert. Repeatable.")
    private List<Path> timestamps = new ArrayList<>();

    /** Every file that is read. */
    List<Path> files() {
        List<Path> files = new ArrayList<>(responses);
        files.addAll(timestamps);
        return files;
    }

    /** Reads the OCSP responses; those that cannot be used are warnings. */
    OcspFiles responses(Findings findings, Instant now) {
        return OcspFiles.read(responses, findings, now);
    }

    /** Whether everything here has its certificate. */
    void requireCertificates(int certificates, int names) throws UsageError {
        if (!responses.isEmpty() && certificates + names == 0) {
            throw new UsageError("--ocsp", "there is no --cert", "add the certificate that the response is about");
        }
        if (!timestamps.isEmpty() && certificates == 0) {
            throw new UsageError("--sct", "there is no --cert", "add the --cert that the log has signed for");
        }
    }

    /** The credential of the first --cert with its timestamps. */
    Credential withTimestamps(Credential credential) throws UsageError {
        if (timestamps.isEmpty()) {
            return credential;
        }
        List<byte[]> scts = new ArrayList<>();
        for (Path file : timestamps) {
            byte[] sct = InputFile.bytes("--sct", file);
            try {
                Credential unused = credential.withSignedCertificateTimestamps(List.of(sct));
            } catch (ConfigException e) {
                throw new UsageError("--sct", file + " is not one SignedCertificateTimestamp of version 1", e.fix());
            }
            scts.add(sct);
        }
        try {
            return credential.withSignedCertificateTimestamps(scts);
        } catch (IllegalArgumentException e) {
            throw UsageError.of("--sct", e);
        }
    }
}
