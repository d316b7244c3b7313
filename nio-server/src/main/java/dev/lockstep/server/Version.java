package dev.lockstep.server;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine.IVersionProvider;

/** The program's version, the commit that it was built from, and the JDK that it runs on. */
public final class Version implements IVersionProvider {

    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{7,64}(-dirty)?");

    @Override
    public String[] getVersion() throws IOException {
        Properties build = new Properties();
        try (InputStream in = Version.class.getResourceAsStream("version.properties")) {
            if (in != null) {
                build.load(in);
            }
        }
        return new String[] {
            "Lockstep " + build.getProperty("version", "of unknown version"),
            "Commit: " + commit(build),
            "JDK: " + System.getProperty("java.vendor") + " " + Runtime.version()
        };
    }

    /** What was not replaced, by the build or by git archive, is a placeholder and no commit. */
    static String commit(Properties build) {
        return Stream.of("commit", "archive")
                .map(name -> build.getProperty(name, ""))
                .filter(value -> COMMIT.matcher(value).matches())
                .findFirst()
                .orElse("unknown");
    }
}
