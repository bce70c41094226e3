var builder = WebApplication.CreateBuilder(args);
var app = builder.Build();
await app.RunAsync();

/// <summary>The entry point; partial so that tests can start the application in process.</summary>
public partial class Program;
