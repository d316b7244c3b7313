package dev.lockstep.server.serve;

import dev.lockstep.server.log.EventLog;
import dev.lockstep.server.log.EventType;
import dev.lockstep.server.log.LogEvent;
import dev.lockstep.tls.credential.Credential;
import java.lang.System.Logger.Level;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Tells that a certificate that is served expires soon, and that it has: then clients leave, and nothing here fails. A line
 * for each certificate when it begins, and one a day while it lasts. Lines about other dates are told as often. For one
 * thread at a time.
 */
final class CertificateWatch {

    /** Of a certificate that is valid for a long time. */
    private static final Duration AHEAD = Duration.ofDays(7);

    /** Of one that is valid for days only: a third of its time, when renewal is overdue. */
    private static final int PART = 3;

    /** The server's own certificate and its issuer, without which no client can verify it. */
    private static final int NEEDED = 2;

    private static final long SPAN = TimeUnit.DAYS.toNanos(1);

    private final EventLog log;
    private final Map<X509Certificate, Told> told = new HashMap<>();

    private final Map<String, Long> lines = new HashMap<>();

    private record Told(boolean expired, long at) {}

    CertificateWatch(EventLog log) {
        this.log = log;
    }

    /**
     * Looks at the certificates that are served now.
     *
     * @param now the time of day; it may jump
     * @param nanos as of {@link System#nanoTime}
     */
    void look(List<Credential> served, Instant now, long nanos) {
        Set<X509Certificate> ending = new HashSet<>();
        for (Credential each : served) {
            needed(each).stream()
                    .filter(certificate -> !now.isBefore(warnFrom(certificate)))
                    .forEach(ending::add);
        }
        told.keySet().retainAll(ending);
        for (X509Certificate each : ending) {
            tell(each, now.isAfter(each.getNotAfter().toInstant()), nanos);
        }
    }

    /** What was told when the configuration was loaded is no news for a day. */
    void known(List<String> told, long nanos) {
        told.forEach(each -> lines.put(each, nanos));
    }

    /**
     * Tells what else time has brought about, each line once a day.
     *
     * @param found all that holds now
     * @param nanos as of {@link System#nanoTime}
     */
    void look(List<String> found, long nanos) {
        lines.keySet().retainAll(found);
        for (String each : found) {
            Long last = lines.get(each);
            if (last == null || nanos - last >= SPAN) {
                log.log(EventType.CONFIGURATION, each);
                lines.put(each, nanos);
            }
        }
    }

    private void tell(X509Certificate certificate, boolean expired, long nanos) {
        Told last = told.get(certificate);
        if (last != null && last.expired() == expired && nanos - last.at() < SPAN) {
            return;
        }
        log.log(LogEvent.of(
                        EventType.CERTIFICATE_EXPIRING,
                        expired
                                ? "a certificate that is served has expired: clients refuse it"
                                : "a certificate that is served expires soon")
                .at(expired ? Level.ERROR : EventType.CERTIFICATE_EXPIRING.level())
                .with("certificate", certificate.getSubjectX500Principal().getName())
                .with("notAfter", certificate.getNotAfter().toInstant()));
        told.put(certificate, new Told(expired, nanos));
    }

    private static List<X509Certificate> needed(Credential credential) {
        List<X509Certificate> chain = credential.chain();
        return chain.subList(0, Math.min(NEEDED, chain.size()));
    }

    private static Instant warnFrom(X509Certificate certificate) {
        Instant until = certificate.getNotAfter().toInstant();
        Duration part =
                Duration.between(certificate.getNotBefore().toInstant(), until).dividedBy(PART);
        return until.minus(part.compareTo(AHEAD) < 0 ? part : AHEAD);
    }

    /** Returns when the first of the certificates that are served expires, in seconds since 1970; empty without any. */
    static OptionalLong firstEnd(List<Credential> served) {
        return served.stream()
                .flatMap(each -> needed(each).stream())
                .mapToLong(each -> each.getNotAfter().toInstant().getEpochSecond())
                .min();
    }
}
