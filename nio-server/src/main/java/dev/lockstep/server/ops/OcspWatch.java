package dev.lockstep.server.ops;

import dev.lockstep.server.log.EventLog;
import dev.lockstep.server.log.EventType;
import dev.lockstep.server.log.LogEvent;
import dev.lockstep.tls.config.ConnectionObserver;
import dev.lockstep.tls.credential.Credential;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** Logs that an OCSP response cannot be stapled: once for each certificate and reason in an hour. Thread-safe. */
public final class OcspWatch implements ConnectionObserver {

    private static final long SPAN = TimeUnit.HOURS.toNanos(1);
    private static final int MOST = 1024;

    private final EventLog log;
    private final Map<String, Long> told = new ConcurrentHashMap<>();

    public OcspWatch(EventLog log) {
        this.log = log;
    }

    @Override
    public void onOcspResponseUnusable(Credential credential, String reason) {
        String certificate = credential.certificate().getSubjectX500Principal().getName();
        long now = System.nanoTime();
        Long last = told.get(certificate + " " + reason);
        if (last == null || now - last >= SPAN) {
            if (told.size() >= MOST) {
                told.clear();
            }
            told.put(certificate + " " + reason, now);
            log.log(LogEvent.of(EventType.OCSP_UNUSABLE, "no OCSP response is stapled: " + reason)
                    .with("certificate", certificate));
        }
    }
}
