package dev.lockstep.consumers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** What is published, and that it has what a registry demands of it. */
class PublishedArtifactsIT {

    private static final String PARENT = "lockstep-parent";
    private static final String BOM = "lockstep-bom";

    @Test
    void whatIsPublishedIsTheParentTheBomAndWhatTheBomNames() throws Exception {
        TreeSet<String> expected = jars();
        expected.addAll(Set.of(PARENT, BOM));
        assertThat(Published.artifacts()).isEqualTo(expected);
    }

    @Test
    void theBomStandsAloneAndNamesThisVersionOfNothingElse() throws Exception {
        Element bom = Published.pom(BOM);
        assertThat(Poms.children(bom, "parent")).isEmpty();
        assertThat(Poms.children(bom, "dependencies")).isEmpty();
        NodeList named = bom.getElementsByTagName("dependency");
        assertThat(named.getLength()).isPositive();
        for (int i = 0; i < named.getLength(); i++) {
            Element dependency = (Element) named.item(i);
            assertThat(Poms.text(dependency, "groupId")).isEqualTo("dev.lockstep");
            assertThat(Poms.text(dependency, "version")).isIn(Published.VERSION, "${project.version}");
        }
    }

    @ParameterizedTest
    @MethodSource("artifacts")
    void aPomSaysWhatItIsWhoseItIsAndWhereItsSourceIs(String artifact) throws Exception {
        Element pom = Published.pom(artifact);
        assertThat(Poms.text(pom, "name")).startsWith("Lockstep");
        assertThat(Poms.text(pom, "description")).endsWith(".");
        // Inherited, but by those who have no parent.
        Element complete = Poms.children(pom, "parent").isEmpty() ? pom : Published.pom(PARENT);
        for (String element : new String[] {"url", "licenses", "developers", "scm"}) {
            assertThat(Poms.text(complete, element)).as(element).isNotEmpty();
        }
        // A repository in a POM is asked by every user's build.
        for (String element : new String[] {"repositories", "pluginRepositories", "distributionManagement"}) {
            assertThat(Poms.children(pom, element)).as(element).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("jars")
    void aJarIsAModuleWithVersionAndLicence(String artifact) throws Exception {
        try (JarFile jar = new JarFile(Published.file(artifact, ".jar").toFile())) {
            assertThat(jar.getEntry("module-info.class")).isNotNull();
            assertThat(jar.getEntry("META-INF/LICENSE")).isNotNull();
            Attributes manifest = jar.getManifest().getMainAttributes();
            assertThat(manifest.getValue(Attributes.Name.IMPLEMENTATION_VERSION))
                    .isEqualTo(Published.VERSION);
        }
    }

    static TreeSet<String> artifacts() throws IOException {
        return Published.artifacts();
    }

    /** What the BOM names. */
    static TreeSet<String> jars() throws IOException {
        TreeSet<String> names = new TreeSet<>();
        NodeList named = Published.pom(BOM).getElementsByTagName("artifactId");
        for (int i = 0; i < named.getLength(); i++) {
            names.add(named.item(i).getTextContent());
        }
        names.remove(BOM);
        return names;
    }
}
