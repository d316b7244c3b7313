package dev.lockstep.consumers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.w3c.dom.Element;

/**
 * A repository with what is published: the directory that the property {@code published} names, to which a release was
 * deployed, or what the modules of this build have made, in the same layout.
 */
final class Published {

    static final String VERSION = System.getProperty("lockstep.version");
    static final Path REPOSITORY;

    private static final Path ROOT = Path.of("..");
    private static final Path GROUP;

    static {
        String given = System.getProperty("published", "");
        REPOSITORY = given.isEmpty() ? Path.of("target/published").toAbsolutePath() : Path.of(given);
        GROUP = REPOSITORY.resolve("dev/lockstep");
        if (given.isEmpty()) {
            try {
                layOut();
            } catch (IOException e) {
                throw new UncheckedIOException("run mvn verify with all modules", e);
            }
        }
    }

    private Published() {}

    /** Returns the names of everything that is published. */
    static TreeSet<String> artifacts() throws IOException {
        TreeSet<String> names = new TreeSet<>();
        try (DirectoryStream<Path> directories = Files.newDirectoryStream(GROUP, Files::isDirectory)) {
            directories.forEach(each -> names.add(each.getFileName().toString()));
        }
        return names;
    }

    /**
     * Returns a file of an artifact.
     *
     * @param ending what follows the version: {@code .pom}, {@code .jar}, {@code -sources.jar}
     */
    static Path file(String artifact, String ending) throws IOException {
        // 0.1.0-SNAPSHOT is deployed as 0.1.0-20250131.120000-1, the newest last.
        String deployed = VERSION.replace("SNAPSHOT", "????????.??????-*[0-9]");
        String name = artifact + "-{" + VERSION + "," + deployed + "}" + ending;
        TreeSet<Path> found = new TreeSet<>();
        try (DirectoryStream<Path> files =
                Files.newDirectoryStream(GROUP.resolve(artifact).resolve(VERSION), name)) {
            files.forEach(found::add);
        }
        if (found.isEmpty()) {
            throw new IOException("nothing like " + name + " is published");
        }
        return found.last();
    }

    /** Returns the root element of an artifact's POM. */
    static Element pom(String artifact) throws IOException {
        return Poms.read(file(artifact, ".pom"));
    }

    /** Deletes a directory with all that is in it. */
    static void delete(Path directory) throws IOException {
        if (Files.exists(directory)) {
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(each);
                }
            }
        }
    }

    private static void layOut() throws IOException {
        delete(REPOSITORY);
        List<Path> modules = new ArrayList<>(List.of(ROOT));
        for (Element modulesOfRoot : Poms.children(Poms.read(ROOT.resolve("pom.xml")), "modules")) {
            for (Element module : Poms.children(modulesOfRoot, "module")) {
                modules.add(ROOT.resolve(module.getTextContent()));
            }
        }
        for (Path module : modules) {
            Element pom = Poms.read(module.resolve("pom.xml"));
            if (!Poms.text(pom, "properties", "maven.deploy.skip").equals("true")) {
                layOut(module, pom);
            }
        }
    }

    private static void layOut(Path module, Element pom) throws IOException {
        String artifact = Poms.text(pom, "artifactId");
        Path directory = Files.createDirectories(GROUP.resolve(artifact).resolve(VERSION));
        Path flattened = module.resolve("target/.flattened-pom.xml");
        Files.copy(
                Files.exists(flattened) ? flattened : module.resolve("pom.xml"),
                directory.resolve(artifact + "-" + VERSION + ".pom"));
        if (!Poms.text(pom, "packaging").equals("pom")) {
            String jar = artifact + "-" + VERSION + ".jar";
            Files.copy(module.resolve("target").resolve(jar), directory.resolve(jar));
        }
    }
}
