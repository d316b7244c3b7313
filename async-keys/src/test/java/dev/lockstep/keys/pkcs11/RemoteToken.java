package dev.lockstep.keys.pkcs11;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A SoftHSM token behind p11-kit's server, in another process and seen through a socket. */
final class RemoteToken {

    private static final String PIN = "1234";

    private final TokenHost host;
    private final Path socket;
    private Process server;

    private RemoteToken(TokenHost host) throws Exception {
        this.host = host;
        socket = host.directory.resolve("p11.sock");
        Path tokens = Files.createDirectory(host.directory.resolve("tokens"));
        Path settings = Files.writeString(
                host.directory.resolve("softhsm2.conf"),
                "directories.tokendir = " + tokens + "\nobjectstore.backend = file\nlog.level = ERROR\n");
        host.set("SOFTHSM2_CONF", settings).set("P11_KIT_SERVER_ADDRESS", "unix:path=" + socket);
        host.run("softhsm2-util", "--init-token", "--free", "--label", "remote", "--so-pin", "5678", "--pin", PIN);
        TokenKeys keys = new TokenKeys(host, softHsm(), "remote", PIN);
        keys.generate("RSA", "rsa:2048", "01", "--usage-decrypt");
        keys.generate("EC", "EC:prime256v1", "02");
        server = start();
    }

    static RemoteToken on(TokenHost host) throws Exception {
        TokenHost.require(
                "p11-kit p11-kit-modules softhsm2 opensc",
                List.of("p11-kit", "softhsm2-util", "pkcs11-tool"),
                "p11-kit-client.so",
                "libsofthsm2.so");
        return new RemoteToken(host);
    }

    private static Path softHsm() {
        return TokenHost.library("libsofthsm2.so").orElseThrow();
    }

    private Process start() throws Exception {
        Files.deleteIfExists(socket);
        return host.start(
                TokenHost.exists(socket),
                "p11-kit",
                "server",
                "--foreground",
                "--provider",
                softHsm().toString(),
                "--name",
                socket.toString(),
                "pkcs11:token=remote");
    }

    TokenProcess process() throws IOException {
        return new TokenProcess(host, TokenHost.library("p11-kit-client.so").orElseThrow(), PIN);
    }

    /** Ends the server and the process that it has for each client, which would live without it. */
    void disappear() throws Exception {
        TokenHost.end(server);
    }

    void comeBack() throws Exception {
        server = start();
    }
}
