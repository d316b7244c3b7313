package dev.lockstep.keys.pkcs11;

import static org.junit.jupiter.api.Assertions.fail;

import dev.lockstep.testkit.util.Needed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The software token of opencryptoki. All its places are fixed paths of the system and belong to root, so that it gets a view
 * of the file system of its own, a namespace, in which those are empty and the user is root. Where a system lets no process
 * have one, a machine of continuous integration lends its own places to a test that runs as root, and gets them back after it.
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

    private static final String BORROW = """
            set -e
            for place in /etc/opencryptoki /var/lib/opencryptoki; do
                mkdir -p "$place" "$1/saved$place"
                cp -a "$place/." "$1/saved$place"
            done
            rm -rf /var/lib/opencryptoki/swtok
            mkdir -p /var/lib/opencryptoki/swtok/TOK_OBJ /run/lock/opencryptoki/swtok /var/log/opencryptoki
            cp "$1/etc/opencryptoki.conf" /etc/opencryptoki/opencryptoki.conf
            """;

    private static final String GIVE_BACK = """
            set -e
            for place in /etc/opencryptoki /var/lib/opencryptoki; do
                find "$place" -mindepth 1 -delete
                cp -a "$1/saved$place/." "$place"
            done
            rm -f /run/pkcsslotd.socket
            """;

    private static final List<String> OWN_USERS = List.of("--map-root-user", "--mount", "--ipc");
    private static final List<String> SAME_USERS =
            List.of("--mount", "--ipc"); // for root, where users have no namespaces

    private final TokenHost host;
    private Process daemon;

    /** @param view the options of unshare; empty for the system's own places */
    private OpencryptokiToken(TokenHost host, List<String> view) throws Exception {
        this.host = host;
        Path settings = Files.createDirectory(host.directory.resolve("etc"));
        Files.writeString(
                settings.resolve("opencryptoki.conf"),
                "version opencryptoki-3.1\nslot 0\n{\nstdll = libpkcs11_sw.so\n}\n");
        Files.writeString(host.directory.resolve("group"), "root:x:0:\npkcs11:x:0:root\n");
        if (view.isEmpty()) {
            host.atEnd("sh", "-c", GIVE_BACK, "sh", host.directory.toString());
            host.run("sh", "-c", BORROW, "sh", host.directory.toString());
        } else {
            enter(view);
        }
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

    private void enter(List<String> view) throws Exception {
        List<String> unshare = new ArrayList<>(List.of("unshare"));
        unshare.addAll(view);
        unshare.addAll(List.of("sh", "-c", SETUP, "sh", host.directory.toString()));
        Process inside = host.start(TokenHost.exists(host.directory.resolve("ready")), unshare.toArray(String[]::new));
        List<String> nsenter =
                new ArrayList<>(List.of("nsenter", "--target", Long.toString(inside.pid()), "--mount", "--ipc"));
        if (view.equals(OWN_USERS)) {
            nsenter.addAll(List.of("--user", "--preserve-credentials"));
        }
        host.within(nsenter.toArray(String[]::new));
    }

    static OpencryptokiToken on(TokenHost host) throws Exception {
        TokenHost.require(
                "opencryptoki opensc util-linux",
                List.of("pkcsslotd", "unshare", "nsenter", "pkcs11-tool"),
                "libopencryptoki.so");
        for (List<String> view : List.of(OWN_USERS, SAME_USERS)) {
            List<String> trial = new ArrayList<>(List.of("unshare"));
            trial.addAll(view);
            trial.addAll(List.of("mount", "-t", "tmpfs", "none", "/run"));
            if (host.attempt(trial.toArray(String[]::new))) {
                return new OpencryptokiToken(host, view);
            }
        }
        String reason = "this system lets no process have a mount namespace of its own, for opencryptoki";
        if (!Needed.inContinuousIntegration()) {
            throw Needed.absent(reason);
        }
        if (!host.run("id", "-u").strip().equals("0")) {
            fail(reason + ", and the test does not run as root");
        }
        if (ProcessHandle.allProcesses()
                .anyMatch(it -> it.info().command().orElse("").endsWith("/pkcsslotd"))) {
            fail(reason + ", and pkcsslotd runs already");
        }
        return new OpencryptokiToken(host, List.of());
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
