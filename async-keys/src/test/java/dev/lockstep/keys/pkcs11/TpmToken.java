package dev.lockstep.keys.pkcs11;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A TPM 2.0: swtpm, tpm2-abrmd before it, which gives every user of the TPM room for its objects, on a message bus of its
 * own, and tpm2-pkcs11.
 */
final class TpmToken {

    private static final String PIN = "1234";

    private final TokenHost host;
    private final Path socket;
    private Process tpm;
    private Process manager;

    private TpmToken(TokenHost host) throws Exception {
        this.host = host;
        socket = host.directory.resolve("tpm.sock");
        Path bus = host.directory.resolve("bus.sock");
        Path store = Files.createDirectory(host.directory.resolve("store"));
        Files.createDirectory(host.directory.resolve("state"));
        host.set("DBUS_SESSION_BUS_ADDRESS", "unix:path=" + bus)
                .set("TPM2_PKCS11_STORE", store)
                .set("TPM2_PKCS11_TCTI", "tabrmd:bus_type=session")
                .set("TPM2TOOLS_TCTI", "tabrmd:bus_type=session");
        host.start(TokenHost.exists(bus), "dbus-daemon", "--session", "--nofork", "--address=unix:path=" + bus);
        tpm = startTpm();
        manager = startManager();
        host.run("tpm2_ptool", "init", "--path", store.toString());
        tool("addtoken", "--pid", "1", "--sopin", "5678");
        tool("addkey", "--algorithm", "rsa2048", "--key-label", "rsa", "--id", "1");
        tool("addkey", "--algorithm", "ecc256", "--key-label", "ec", "--id", "2");
        TokenKeys keys = new TokenKeys(host, library(), "lockstep", PIN);
        // tpm2_ptool takes the characters for bytes.
        keys.certify("RSA", "31");
        keys.certify("EC", "32");
    }

    static TpmToken on(TokenHost host) throws Exception {
        TokenHost.require(
                "swtpm tpm2-tools tpm2-abrmd libtss2-tcti-tabrmd0 libtpm2-pkcs11-1 libtpm2-pkcs11-tools dbus opensc",
                List.of("swtpm", "tpm2-abrmd", "dbus-daemon", "dbus-send", "tpm2_ptool", "tpm2_create", "pkcs11-tool"),
                "libtpm2_pkcs11.so",
                "libtss2-tcti-tabrmd.so.0");
        return new TpmToken(host);
    }

    private static Path library() {
        return TokenHost.library("libtpm2_pkcs11.so").orElseThrow();
    }

    private void tool(String command, String... arguments) throws Exception {
        List<String> line = new ArrayList<>(List.of(
                "tpm2_ptool",
                command,
                "--path",
                host.directory.resolve("store").toString(),
                "--label",
                "lockstep",
                "--userpin",
                PIN));
        line.addAll(List.of(arguments));
        host.run(line.toArray(String[]::new));
    }

    private Process startTpm() throws Exception {
        Path control = Path.of(socket + ".ctrl");
        Files.deleteIfExists(socket);
        Files.deleteIfExists(control);
        return host.start(
                () -> Files.exists(socket) && Files.exists(control),
                "swtpm",
                "socket",
                "--tpm2",
                "--tpmstate",
                "dir=" + host.directory.resolve("state"),
                "--server",
                "type=unixio,path=" + socket,
                "--ctrl",
                "type=unixio,path=" + control,
                "--flags",
                "not-need-init,startup-clear");
    }

    private Process startManager() throws Exception {
        return host.start(
                () -> host.run(
                                "dbus-send",
                                "--session",
                                "--print-reply",
                                "--dest=org.freedesktop.DBus",
                                "/",
                                "org.freedesktop.DBus.NameHasOwner",
                                "string:com.intel.tss2.Tabrmd")
                        .contains("true"),
                "tpm2-abrmd",
                "--session",
                "--allow-root",
                "--tcti=swtpm:path=" + socket);
    }

    TokenProcess process() throws IOException {
        return new TokenProcess(host, library(), PIN);
    }

    /** From now on the TPM does not answer. */
    void stop() throws Exception {
        host.run("kill", "-STOP", Long.toString(tpm.pid()));
    }

    void resume() throws Exception {
        host.run("kill", "-CONT", Long.toString(tpm.pid()));
    }

    void disappear() throws Exception {
        TokenHost.end(tpm);
    }

    void comeBack() throws Exception {
        tpm = startTpm();
        // The manager does not connect to another TPM than the one it began with.
        TokenHost.end(manager);
        manager = startManager();
    }
}
