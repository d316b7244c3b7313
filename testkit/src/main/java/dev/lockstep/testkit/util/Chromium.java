package dev.lockstep.testkit.util;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How tests start Chromium: without a screen, with a profile of its own, with TLS 1.2, and asking no one but the server. */
public final class Chromium {

    private Chromium() {}

    /**
     * The command of Debian's {@code chromium-headless-shell}. It trusts the certificates in {@code .pki/nssdb} of its home.
     *
     * @param profile a directory, made if it is not there
     * @param more options and the page
     */
    public static List<String> command(Path profile, String... more) {
        List<String> command = new ArrayList<>(List.of(
                "chromium-headless-shell",
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--no-proxy-server",
                "--ssl-version-max=tls1.2",
                "--user-data-dir=" + profile));
        command.addAll(List.of(more));
        return command;
    }
}
