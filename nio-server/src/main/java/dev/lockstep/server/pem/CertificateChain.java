package dev.lockstep.server.pem;

import dev.lockstep.server.UsageError;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAKey;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What must be right about a chain before a server starts with it, so that no client is the first to notice. */
public final class CertificateChain {

    /** The leaf and its issuer: without these no client finds a path. */
    private static final int FEWEST = 2;

    private static final DateTimeFormatter DAY =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private CertificateChain() {}

    /** As the other form, without a password. */
    public static List<X509Certificate> load(String option, Path file, Instant now) throws UsageError {
        return load(option, file, now, Reading.PLAIN);
    }

    /**
     * Loads a chain and checks its order, its dates at {@code now}, and the size of its RSA key. Certificates at its end that
     * are out of date are left out with a note: a cross-signed root that has expired is needed by no client.
     */
    public static List<X509Certificate> load(String option, Path file, Instant now, Reading reading) throws UsageError {
        List<X509Certificate> chain = PemFiles.certificates(option, file, reading);
        if (chain.get(0).getPublicKey() instanceof RSAKey rsa) {
            KeySizes.requireRsa(option, name(chain.get(0)) + " in " + file + " is for", rsa);
        }
        for (int i = 1; i < chain.size(); i++) {
            requireIssued(option, file, chain.get(i - 1), chain.get(i));
        }
        for (int i = 0; i < chain.size(); i++) {
            UsageError outOfDate = outOfDate(option, file, chain.get(i), now);
            if (outOfDate != null && i < FEWEST) {
                throw outOfDate;
            }
            if (outOfDate != null) {
                reading.notes().accept(outOfDate.getMessage() + " (this one and what follows it is not sent)");
                return chain.subList(0, i);
            }
        }
        return chain;
    }

    private static @Nullable UsageError outOfDate(String option, Path file, X509Certificate certificate, Instant now) {
        Instant from = certificate.getNotBefore().toInstant();
        Instant until = certificate.getNotAfter().toInstant();
        if (now.isAfter(until)) {
            return new UsageError(
                    option, name(certificate) + " in " + file + " expired on " + DAY.format(until), "renew it");
        }
        return now.isBefore(from)
                ? new UsageError(
                                option,
                                name(certificate) + " in " + file + " is not valid before " + DAY.format(from),
                                "check the clock of this machine, or wait")
                        .goneAt(from)
                : null;
    }

    /** RFC 5246 7.4.2-3, 7.4.2-4: "Each following certificate MUST directly certify the one preceding it." */
    private static void requireIssued(String option, Path file, X509Certificate subject, X509Certificate issuer)
            throws UsageError {
        String fix = "put the leaf first and then the issuer of each, or leave the extra ones out";
        String cause = file + ": " + name(issuer) + " did not issue " + name(subject) + ", which stands before it";
        if (!subject.getIssuerX500Principal().equals(issuer.getSubjectX500Principal())) {
            throw new UsageError(option, cause, fix);
        }
        try {
            subject.verify(issuer.getPublicKey());
        } catch (GeneralSecurityException e) {
            throw new UsageError(option, cause + " (same name, other key)", fix);
        }
    }

    private static String name(X509Certificate certificate) {
        return "'" + certificate.getSubjectX500Principal().getName() + "'";
    }
}
