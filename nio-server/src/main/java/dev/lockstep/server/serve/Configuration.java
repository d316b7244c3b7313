package dev.lockstep.server.serve;

import dev.lockstep.server.Environment;
import dev.lockstep.server.LimitOptions;
import dev.lockstep.server.ProviderOptions;
import dev.lockstep.server.UsageError;
import dev.lockstep.server.backend.BackendOptions;
import dev.lockstep.server.credential.CredentialFiles;
import dev.lockstep.server.credential.Findings;
import dev.lockstep.server.credential.KeyMode;
import dev.lockstep.server.keyuri.RemoteKeys;
import dev.lockstep.server.loop.Trace;
import dev.lockstep.server.ops.Observers;
import dev.lockstep.server.ops.OcspWatch;
import dev.lockstep.server.ops.Operations;
import dev.lockstep.server.pem.KeyPassword;
import dev.lockstep.server.pem.Reading;
import dev.lockstep.server.pem.SecretFiles;
import dev.lockstep.tls.config.KeyLog;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.config.TlsServerConfigBuilder;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A server's configuration as options and files say it, made again each time it is loaded. For one thread at a time.
 *
 * @param keyLog null for none
 * @param operations is told what is found, and what the keys do
 */
record Configuration(
        Environment environment,
        Options options,
        KeyMode keyMode,
        RemoteKeys remote,
        Trace trace,
        @Nullable KeyLog keyLog,
        Operations operations) {

    /** What was asked for. */
    record Options(
            CredentialOptions credentials,
            PskOptions psk,
            ProtocolOptions protocol,
            ClientAuthOptions clients,
            RenegotiationOptions renegotiation,
            SessionOptions sessions,
            LimitOptions limits,
            BackendOptions backend,
            ProviderOptions providers) {

        /** Every file that a load reads. */
        List<Path> files() throws UsageError {
            List<Path> files = new ArrayList<>(credentials.files());
            files.addAll(psk.files());
            files.addAll(protocol.files());
            files.addAll(clients.files());
            files.addAll(sessions.files());
            return files;
        }
    }

    /** Every file that a load reads. */
    List<Path> files() throws UsageError {
        return options.files();
    }

    /**
     * Reads everything and checks that it fits together.
     *
     * @param findings receives what is no reason to refuse it
     * @param requireKeys whether a key whose holder is away is one
     */
    TlsServerConfig load(Findings findings, boolean requireKeys) throws UsageError {
        TlsServerConfigBuilder builder =
                TlsServerConfig.builder().observer(new Observers(trace, new OcspWatch(operations.log())));
        loadParts(builder, findings, requireKeys);
        return options.protocol().build(builder, operations::full);
    }

    /** Reads everything and collects all that is wrong with it; a key that cannot be tried is wrong, too. */
    Findings check() throws UsageError {
        Findings findings = Findings.collecting();
        TlsServerConfigBuilder builder = TlsServerConfig.builder();
        loadParts(builder, findings, true);
        // Without a part that is wrong the whole would be, too: a suite would have no certificate.
        boolean whole = findings.problems().isEmpty();
        findings.attempt(() -> {
            if (whole) {
                options.protocol().build(builder, operations::full);
            } else {
                options.protocol().apply(builder);
            }
        });
        return findings;
    }

    private void loadParts(TlsServerConfigBuilder builder, Findings findings, boolean requireKeys) throws UsageError {
        SecretFiles secrets = new SecretFiles(findings::warn);
        findings.attempt(() -> options.credentials().check(secrets));
        findings.attempt(() -> options.psk().check(secrets));
        findings.attempt(() -> options.clients().check(secrets));
        findings.attempt(() -> options.sessions().check(secrets));
        findings.attempt(() -> credentials(builder, findings, requireKeys));
        findings.attempt(() -> options.psk().apply(builder));
        findings.attempt(() -> options.clients().apply(builder, environment.clock(), operations::full, findings));
        findings.attempt(() -> options.renegotiation().apply(builder));
        findings.attempt(() -> options.sessions().apply(builder));
        findings.attempt(() -> builder.cryptoProviders(options.providers().providers()));
        findings.attempt(() -> options.limits().check(options.backend().descriptorsOfAConnection(), findings::warn));
        findings.attempt(() -> options.limits().apply(builder));
        options.backend().apply(builder);
        if (keyLog != null) {
            builder.keyLog(keyLog);
        }
    }

    private void credentials(TlsServerConfigBuilder builder, Findings findings, boolean requireKeys) throws UsageError {
        Reading reading = reading(findings);
        try {
            Instant now = environment.clock().instant();
            CredentialFiles.Demands demands =
                    new CredentialFiles.Demands(options.credentials().allowCaCertificate, requireKeys);
            options.credentials()
                    .apply(
                            builder,
                            new CredentialFiles(keyMode, remote, reading, now, demands, findings, operations.keys()),
                            findings,
                            now);
        } finally {
            char[] password = reading.password();
            if (password != null) {
                Arrays.fill(password, '\0');
            }
        }
    }

    private Reading reading(Findings findings) throws UsageError {
        return new Reading(
                KeyPassword.find(options.credentials().keyPasswordFile, environment.variables()), findings::warn);
    }

    /** Logs what was found, a line each. */
    void log(Findings findings) {
        findings.warnings().forEach(operations::configuration);
        findings.awaited().forEach(each -> operations.configuration("waiting: " + each.line()));
    }

    /** As {@link #load}, and takes over new ticket keys when all the rest is right. */
    TlsServerConfig reload(Findings findings) throws UsageError {
        TlsServerConfig config = load(findings, true);
        options.sessions().rotate();
        return config;
    }
}
