using Magnum.Drivers.EmbeddedCloud.Http;

namespace Magnum.Drivers.EmbeddedCloud.Heat;

/// <summary>Heat's refusals, in its words.</summary>
internal static class HeatFault
{
    public static ApiFault Validation(string message) => ApiFault.BadRequest(message, "StackValidationFailed");

    public static ApiFault Property(string path, string message) => Validation($"Property error: : {path}: : {message}");

    public static ApiFault ParameterMissing(string name) => ApiFault.BadRequest($"The Parameter ({name}) was not provided.", "UserParameterMissing");

    public static ApiFault ParameterUnknown(string name) => ApiFault.BadRequest($"The Parameter ({name}) was not defined in template.", "UnknownUserParameter");

    public static ApiFault ParameterInvalid(string name, string message) => Validation($"Parameter '{name}' is invalid: {message}");

    public static ApiFault Reference(string name, string where) => ApiFault.BadRequest($"The specified reference \"{name}\" (in {where}) is incorrect.", "InvalidTemplateReference");

    public static ApiFault Attribute(string resource, string attribute) => ApiFault.BadRequest($"The Referenced Attribute ({resource} {attribute}) is incorrect.", "InvalidTemplateAttribute");

    public static ApiFault NotFound(string kind, string name) => ApiFault.NotFound($"The {kind} ({name}) could not be found.", "EntityNotFound");
}
