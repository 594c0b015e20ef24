package dis.checkpoint.support;

import java.util.LinkedHashMap;

/** The fields of a body, or the parameters of a query, by name. */
public final class Fields extends LinkedHashMap<String, Object> {

    private static final long serialVersionUID = 1;

    public Fields with(String name, Object value) {
        put(name, value);
        return this;
    }

    public Fields without(String name) {
        remove(name);
        return this;
    }
}
