using Magnum.Web.Startup;

return await MagnumProgram.RunAsync(args);

/// <summary>The entry point; partial so that tests can start the application in process.</summary>
public partial class Program;
