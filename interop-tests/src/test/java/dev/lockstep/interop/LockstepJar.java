package dev.lockstep.interop;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The executable jar under test, named by the system property {@code lockstep.jar}. */
public final class LockstepJar {
    private LockstepJar() {}

    /** What it says at the start of a line when it accepts connections. */
    public static final String READY = "listening on";

    public static Path path() {
        String name = System.getProperty("lockstep.jar", "../nio-server/target/lockstep.jar");
        Path jar = Path.of(name).toAbsolutePath().normalize();
        if (!Files.isReadable(jar)) {
            throw new IllegalStateException("no " + jar + ": build it first (mvn verify does), or set -Dlockstep.jar");
        }
        return jar;
    }

    /** The words that start it with the Java that runs this test; small, as many run immediately. */
    public static List<String> command() {
        return List.of(java(), "-XX:+UseSerialGC", "-Xmx256m", "-jar", path().toString());
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }
}
