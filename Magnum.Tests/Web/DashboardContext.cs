using System.Globalization;
using Bunit;
using Magnum.Core.Announcements;
using Magnum.Core.Audit;
using Magnum.Core.Certificates;
using Magnum.Core.Clusters;
using Magnum.Core.ClusterTemplates;
using Magnum.Core.Credentials;
using Magnum.Core.Drivers;
using Magnum.Core.Errors;
using Magnum.Core.Events;
using Magnum.Core.NodeGroups;
using Magnum.Core.OpenStack;
using Magnum.Core.Operations;
using Magnum.Core.Persistence;
using Magnum.Core.Policies;
using Magnum.Core.Prices;
using Magnum.Core.Quotas;
using Magnum.Core.Releases;
using Magnum.Core.Services;
using Magnum.Core.Sessions;
using Magnum.Core.Stats;
using Magnum.Core.UserStates;
using Magnum.Tests.Support;
using Magnum.Web.Components;
using Magnum.Web.Components.Notices;
using Magnum.Web.Components.Parts;
using Magnum.Web.Features.SignIn;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;
using MudBlazor.Services;

namespace Magnum.Tests.Web;

/// <summary>Pages on the real services of Core, with a real database, a cloud of fakes and the real stream of changes.</summary>
public abstract class DashboardContext : BunitContext
{
    private IRenderedComponent<MudDialogProvider>? _dialogs;
    private IRenderedComponent<MudPopoverProvider>? _popovers;

    /// <param name="ownTime">Pages go by <see cref="RequestWorld.Time"/>, which the test moves.</param>
    protected DashboardContext(bool ownTime = false)
    {
        DefaultWaitTimeout = TimeSpan.FromSeconds(10);
        CultureInfo.CurrentUICulture = new CultureInfo("en");
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddLocalization();
        Services.AddMudServices(o => o.PopoverOptions.CheckForPopoverProvider = false);
        Services.AddSingleton(ownTime ? World.Time : TimeProvider.System);
        Services.AddSingleton<IClusterEvents>(Events);
        Services.AddSingleton<IDbContextFactory<MagnumDbContext>>(World.Database);
        Services.AddSingleton<ISecretProtector>(World);
        Services.AddSingleton<IIdentity>(World.Identity);
        Services.AddSingleton<IImages>(World.Images);
        Services.AddSingleton<ICompute>(World.Compute);
        Services.AddSingleton<INetworking>(World.Networking);
        Services.AddSingleton<IClusterDriverRegistry>(World.Drivers);
        Services.AddSingleton(World.Get<IClusterQueries>());
        Services.AddSingleton(World.Get<IClusterTemplateQueries>());
        Services.AddSingleton(World.Get<ClusterService>());
        Services.AddSingleton(World.Get<OperationDurations>());
        Services.AddSingleton(World.Get<NodeGroupService>());
        Services.AddSingleton(World.Get<ClusterUpgradeService>());
        Services.AddSingleton(World.Get<ClusterTemplateService>());
        Services.AddSingleton(World.Get<QuotaService>());
        Services.AddSingleton(World.Get<CertificateService>());
        Services.AddSingleton(World.Get<EngineQueries>());
        Services.AddSingleton(World.Get<CredentialService>());
        Services.AddSingleton(World.Get<ClusterResourceQueries>());
        Services.AddSingleton(World.Get<QuotaRequestService>());
        Services.AddSingleton(World.Get<QuotaRequestChanges>());
        Services.AddSingleton(World.Get<AuditQueries>());
        Services.AddSingleton(World.Get<StatsService>());
        Services.AddSingleton(World.Get<KubernetesReleases>());
        Services.AddSingleton(World.Get<PriceList>());
        Services.AddSingleton(World.Get<ServiceQueries>());
        Services.AddSingleton(World.Get<AnnouncementService>());
        Services.AddSingleton(World.Get<UserStateStore>());
        Services.AddScoped<Drafts>();
        Services.AddSingleton<SnackbarService>();
        Services.AddSingleton<NoticeList>();
        Services.AddSingleton<ISnackbar, NoticeSnackbar>();
        Services.AddSingleton<SessionService>();
        Services.AddSingleton<SignInThrottle>();
        Services.AddSingleton<ProjectNames>();
        Services.AddSingleton<CloudChoicesLoader>();
        Services.AddScoped<SignInAgain>();
        Services.AddScoped<Permissions>();
        Services.AddSingleton(World.Get<PolicyEnforcer>());
        Services.AddSingleton(World.Get<ClusterHistory>());
        Services.AddScoped<IDashboardUser>(_ => Person);
        Services.AddOptions<DashboardOptions>();
        SetRendererInfo(new RendererInfo("Server", isInteractive: true));   // last: it closes the list of services
    }

    internal RequestWorld World { get; } = new();

    internal ClusterEvents Events => World.Stream;

    internal FakeDashboardUser Person { get; } = new(TestCaller.Member());

    internal static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>The dialogs that are open; call before what opens them.</summary>
    protected IRenderedComponent<MudDialogProvider> Dialogs => _dialogs ??= Render<MudDialogProvider>();

    /// <summary>Lists and menus that are open; call before what opens them.</summary>
    protected IRenderedComponent<MudPopoverProvider> Popovers => _popovers ??= Render<MudPopoverProvider>();

    internal static string Id(string testId) => $"[data-testid={testId}]";

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing)
        {
            World.Dispose();
        }
    }
}

/// <summary>The person in front of the page.</summary>
internal sealed class FakeDashboardUser(Caller caller) : IDashboardUser
{
    private Caller _caller = caller;

    public event Action? Changed;

    /// <summary>Whether the token has ended; signing in again heals it.</summary>
    public bool IsExpired { get; private set; }

    public List<SignInForm> SignedIn { get; } = [];

    /// <summary>What whoever asks for the caller waits for.</summary>
    public Func<Task> BeforeAnswer { get; set; } = () => Task.CompletedTask;

    public TokenInfo? Token => _caller.Token;

    public void Become(Caller caller) => _caller = caller;

    public void Expire() => IsExpired = true;

    public ValueTask<TokenInfo?> GetTokenAsync(CancellationToken cancellationToken) => ValueTask.FromResult<TokenInfo?>(_caller.Token);

    public async ValueTask<Caller?> GetCallerAsync(CancellationToken cancellationToken)
    {
        await BeforeAnswer();
        return IsExpired ? null : _caller;
    }

    public void MarkExpired() => IsExpired = true;

    public Task<Result<IReadOnlyList<ProjectInfo>>> ListProjectsAsync(CancellationToken cancellationToken) =>
        Task.FromResult(Result.Success<IReadOnlyList<ProjectInfo>>([new ProjectInfo("demo", "demo", "default")]));

    public Task<Result<Unit>> SwitchProjectAsync(string projectId, CancellationToken cancellationToken)
    {
        Changed?.Invoke();
        return Task.FromResult<Result<Unit>>(default(Unit));
    }

    public Task<Result<Unit>> SignInAgainAsync(SignInForm form, CancellationToken cancellationToken)
    {
        SignedIn.Add(form);
        if (form.Password != "secret")
        {
            return Task.FromResult<Result<Unit>>(new MagnumError.Invalid("User name, password or domain is wrong."));
        }

        IsExpired = false;
        return Task.FromResult<Result<Unit>>(default(Unit));
    }
}
