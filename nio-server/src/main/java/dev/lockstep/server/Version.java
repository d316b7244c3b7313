package dev.lockstep.server;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.util.Collections;
import java.util.jar.Attributes;
import java.util.jar.Manifest;
import picocli.CommandLine.IVersionProvider;

/** The program's version, the commit that it was built from, and the JDK that it runs on. */
final class Version implements IVersionProvider {

    private static final String UNKNOWN = "unknown";

    @Override
    public String[] getVersion() throws IOException {
        String version = "0.1.0";
        String commit = UNKNOWN;
        for (URL place : Collections.list(Version.class.getClassLoader().getResources("META-INF/MANIFEST.MF"))) {
            try (InputStream in = place.openStream()) {
                Attributes attributes = new Manifest(in).getMainAttributes();
                if ("Lockstep".equals(attributes.getValue("Implementation-Title"))) {
                    version = String.valueOf(attributes.getValue("Implementation-Version"));
                    commit = String.valueOf(attributes.getValue("Implementation-Commit"));
                }
            }
        }
        return new String[] {
            "Lockstep " + version,
            "Commit: " + commit,
            "JDK: " + System.getProperty("java.vendor") + " " + Runtime.version()
        };
    }
}
