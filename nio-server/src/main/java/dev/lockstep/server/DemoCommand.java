package dev.lockstep.server;

import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.keys.Credential;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code lockstep demo}: HTTPS on this machine with throw-away certificates and a slow key. */
@Command(
        name = "demo",
        description = "Serves HTTPS with throw-away certificates, the keys behind a slow asynchronous signer.",
        mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {

    private static final int KEY_DELAY_MILLIS = 300;

    private final Environment environment;

    @Option(names = "--port", paramLabel = "PORT", description = "Port to listen on; ${DEFAULT-VALUE}.")
    private String port = "8443";

    DemoCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws UsageError, IOException, GeneralSecurityException {
        int number = Numbers.require("--port", port, 0, 65535, "give the port to listen on, or 0 for a free one");
        ThrowawayCa ca = new ThrowawayCa(environment.clock().instant());
        KeyMode keyMode = KeyMode.delayed(KEY_DELAY_MILLIS);
        Trace trace = new Trace(environment.out(), Trace.Detail.WAITS);
        TlsServerConfig config = TlsServerConfig.builder()
                .credential(credential(ca, ca.ec(), keyMode))
                .credential(credential(ca, ca.rsa(), keyMode))
                .observer(trace)
                .build();
        Path caFile = Files.createTempFile("lockstep-demo-", ".pem");
        caFile.toFile().deleteOnExit();
        Files.writeString(caFile, ThrowawayCa.pem(ca.certificate()));
        Listener.serve(
                environment,
                "127.0.0.1",
                number,
                config,
                HttpApplication::new,
                trace,
                "https, " + keyMode.describe(),
                bound -> environment
                        .out()
                        .println("try: curl --cacert " + caFile + " https://localhost:" + bound + "/"));
        return 0;
    }

    private static Credential credential(ThrowawayCa ca, KeyPair keys, KeyMode keyMode)
            throws GeneralSecurityException, IOException {
        List<X509Certificate> chain = List.of(ca.issueForLocalhost(keys));
        return Credential.external(chain, keyMode.place(keys.getPrivate()));
    }
}
