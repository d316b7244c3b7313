package dev.lockstep.consumers;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.SAXException;

/** POMs as XML. */
final class Poms {

    private Poms() {}

    /** Returns the root element of a POM. */
    static Element read(Path file) throws IOException {
        try {
            return DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(file.toFile())
                    .getDocumentElement();
        } catch (ParserConfigurationException | SAXException e) {
            throw new IOException(file + " is no POM", e);
        }
    }

    /** Returns the child elements of that name. */
    static List<Element> children(Element parent, String name) {
        List<Element> found = new ArrayList<>();
        for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node instanceof Element element && element.getTagName().equals(name)) {
                found.add(element);
            }
        }
        return found;
    }

    /** Returns the text at the end of a path of first children, or an empty string. */
    static String text(Element parent, String... path) {
        Element element = parent;
        for (String name : path) {
            List<Element> found = children(element, name);
            if (found.isEmpty()) {
                return "";
            }
            element = found.get(0);
        }
        return element.getTextContent().strip();
    }
}
