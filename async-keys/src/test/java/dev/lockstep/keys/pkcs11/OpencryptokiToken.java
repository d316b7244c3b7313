package dev.lockstep.keys.pkcs11;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The software token of opencryptoki. All its places are fixed paths of the system and belong to root, so that it gets a view
 * of the file system of its own, a namespace, in which those are empty and the user is root.
 */
final class OpencryptokiToken {

    private static final String PIN = "12345678";
    private static final String OFFICER_PIN = "87654321";

    private static final String SETUP = """
            set -e
            mount -t tmpfs none /var/lib/opencryptoki
            mount -t tmpfs none /run
            mount -t tmpfs none /var/log
            mkdir -p /var/lib/opencryptoki/swtok/TOK_OBJ /run/lock/opencryptoki/swtok /var/log/opencryptoki
            mount --bind "$1/etc" /etc/opencryptoki
            mount --bind "$1/group" /etc/group
            echo ready > "$1/ready"
            exec cat
            """;

    private final TokenHost host;
    private Process daemon;

    private OpencryptokiToken(TokenHost host) throws Exception {
        this.host = host;
        Path settings = Files.createDirectory(host.directory.resolve("etc"));
        Files.writeString(
                settings.resolve("opencryptoki.conf"),
                "version opencryptoki-3.1\nslot 0\n{\nstdll = libpkcs11_sw.so\n}\n");
        Files.writeString(host.directory.resolve("group"), "root:x:0:\npkcs11:x:0:root\n");
        Process view = host.start(
                TokenHost.exists(host.directory.resolve("ready")),
                "unshare",
                "--map-root-user",
                "--mount",
                "--ipc",
                "sh",
                "-c",
                SETUP,
                "sh",
                host.directory.toString());
        host.within(
                "nsenter",
                "--target",
                Long.toString(view.pid()),
                "--user",
                "--mount",
                "--ipc",
                "--preserve-credentials");
        daemon = start();
        String module = library().toString();
        host.run(
                "pkcs11-tool",
                "--module",
                module,
                "--slot",
                "0",
                "--init-token",
                "--label",
                "lockstep",
                "--so-pin",
                OFFICER_PIN);
        host.run(
                "pkcs11-tool",
                "--module",
                module,
                "--slot",
                "0",
                "--init-pin",
                "--pin",
                PIN,
                "--login",
                "--login-type",
                "so",
                "--so-pin",
                OFFICER_PIN);
        new TokenKeys(host, library(), "lockstep", PIN).generate("RSA", "rsa:2048", "01", "--usage-decrypt");
    }

    static OpencryptokiToken on(TokenHost host) throws Exception {
        TokenHost.require(
                "opencryptoki, opensc, util-linux",
                List.of("pkcsslotd", "unshare", "nsenter", "pkcs11-tool"),
                "libopencryptoki.so");
        if (!host.attempt("unshare", "--map-root-user", "--mount", "--ipc", "mount", "-t", "tmpfs", "none", "/run")) {
            TokenHost.skip("this system lets no process have a user and mount namespace of its own, for opencryptoki");
        }
        return new OpencryptokiToken(host);
    }

    private static Path library() {
        return TokenHost.library("libopencryptoki.so").orElseThrow();
    }

    private Process start() throws Exception {
        host.run("rm", "-f", "/run/pkcsslotd.socket");
        return host.start(() -> host.attempt("test", "-S", "/run/pkcsslotd.socket"), "pkcsslotd", "-f");
    }

    TokenProcess process() throws IOException {
        return new TokenProcess(host, library(), PIN);
    }

    void disappear() throws Exception {
        TokenHost.end(daemon);
    }

    void comeBack() throws Exception {
        daemon = start();
    }
}
