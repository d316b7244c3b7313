package dev.lockstep.server.credential;

import dev.lockstep.crypto.ocsp.OcspResponse;
import dev.lockstep.server.UsageError;
import dev.lockstep.server.files.InputFile;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.credential.StapledResponse;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * OCSP responses from files. Each goes to the certificate that it is about, whichever option named that. Whatever is wrong
 * with one is a warning: a server without a staple serves all clients, and a responder's trouble must not stop it.
 */
public final class OcspFiles {

    private static final String OPTION = "--ocsp";

    /** RFC 7633 6: the extension of certificates that want a response beside them. */
    private static final String TLS_FEATURE = "1.3.6.1.5.5.7.1.24";

    @SuppressWarnings("ArrayRecordComponent") // passed on, never compared
    private record Response(Path file, byte[] der) {}

    private final List<Response> responses = new ArrayList<>();
    private final Set<Path> used = new HashSet<>();
    private final Findings findings;
    private final Instant now;
    private @Nullable String lastDefect;

    private OcspFiles(Findings findings, Instant now) {
        this.findings = findings;
        this.now = now;
    }

    /** Reads the files; one that cannot be read is a warning. */
    public static OcspFiles read(List<Path> files, Findings findings, Instant now) {
        OcspFiles all = new OcspFiles(findings, now);
        for (Path file : files) {
            try {
                all.responses.add(new Response(file, InputFile.bytes(OPTION, file)));
            } catch (UsageError e) {
                all.used.add(file);
                findings.warn(e.getMessage());
            }
        }
        return all;
    }

    /** The credential with the newest response about its certificate, if there is one. */
    public Credential addTo(Credential credential) {
        Response newest = null;
        Instant updated = Instant.MIN;
        for (Response response : responses) {
            try {
                Instant thisUpdate = OcspResponse.parse(
                                response.der(), credential.certificate(), issuer(credential.chain()))
                        .thisUpdate();
                used.add(response.file());
                if (thisUpdate.isAfter(updated)) {
                    newest = response;
                    updated = thisUpdate;
                }
            } catch (IllegalArgumentException e) {
                lastDefect = e.getMessage();
            }
        }
        if (newest == null) {
            warnOfFeature(credential);
            return credential;
        }
        Credential stapling = credential.withOcspResponse(newest.der());
        StapledResponse response = stapling.stapledResponse(now);
        if (response.defect() != null) {
            findings.warn(OPTION + ": " + newest.file() + " is not stapled: " + response.defect()
                    + "; fetch a current response");
            warnOfFeature(credential);
        }
        return stapling;
    }

    /** Warns of every response that is about none of the certificates. */
    public void warnOfOthers() {
        for (Response response : responses) {
            if (!used.contains(response.file())) {
                findings.warn(
                        OPTION + ": " + response.file() + " is not stapled: it is about none of the certificates ("
                                + lastDefect + "); fetch a response for the certificate that is served");
            }
        }
    }

    private void warnOfFeature(Credential credential) {
        if (credential.certificate().getExtensionValue(TLS_FEATURE) != null) {
            findings.warn("--cert: "
                    + credential.certificate().getSubjectX500Principal().getName()
                    + " wants an OCSP response beside it (RFC 7633) and there is none, so that some clients refuse it;"
                    + " give --ocsp FILE");
        }
    }

    private static @Nullable X509Certificate issuer(List<X509Certificate> chain) {
        return chain.size() < 2 ? null : chain.get(1);
    }
}
