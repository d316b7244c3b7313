package dev.lockstep.server.serve;

import dev.lockstep.server.Environment;
import dev.lockstep.server.Trace;
import dev.lockstep.server.UsageError;
import dev.lockstep.server.backend.BackendOptions;
import dev.lockstep.server.keyuri.RemoteKeys;
import dev.lockstep.server.pem.KeyPassword;
import dev.lockstep.tls.config.KeyLog;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.config.TlsServerConfigBuilder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A server's configuration as options and files say it, made anew each time it is loaded. For one thread at a time.
 *
 * @param keyLog null for none
 */
record Configuration(
        Environment environment,
        Options options,
        KeyMode keyMode,
        RemoteKeys remote,
        Trace trace,
        @Nullable KeyLog keyLog) {

    /** What was asked for. */
    record Options(
            CredentialOptions credentials,
            PskOptions psk,
            ProtocolOptions protocol,
            ClientAuthOptions clients,
            RenegotiationOptions renegotiation,
            SessionOptions sessions,
            BackendOptions backend) {}

    /** Every file that a load reads. */
    List<Path> files() throws UsageError {
        List<Path> files = new ArrayList<>(options.credentials().files());
        files.addAll(options.psk().files());
        files.addAll(options.protocol().files());
        files.addAll(options.clients().files());
        files.addAll(options.sessions().files());
        return files;
    }

    /** Reads everything and checks that it fits together. */
    TlsServerConfig load() throws UsageError {
        TlsServerConfigBuilder builder = TlsServerConfig.builder().observer(trace);
        char[] password = KeyPassword.find(options.credentials().keyPasswordFile, environment.variables());
        try {
            CredentialFiles files = new CredentialFiles(
                    keyMode, remote, password, environment.clock().instant(), options.credentials().allowCaCertificate);
            options.credentials().apply(builder, files);
        } finally {
            if (password != null) {
                Arrays.fill(password, '\0');
            }
        }
        options.psk().apply(builder);
        List<String> warnings = options.clients().apply(builder, environment.clock());
        options.renegotiation().apply(builder);
        options.sessions().apply(builder);
        options.backend().apply(builder);
        if (keyLog != null) {
            builder.keyLog(keyLog);
        }
        TlsServerConfig config = options.protocol().build(builder);
        warnings.forEach(each -> environment.err().println(UsageError.oneLine("warning: " + each)));
        environment.err().flush();
        return config;
    }

    /** As {@link #load}, and takes over new ticket keys when all the rest is right. */
    TlsServerConfig reload() throws UsageError {
        TlsServerConfig config = load();
        options.sessions().rotate();
        return config;
    }
}
