using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Magnum.Core.Persistence.Migrations.SqlServer
{
    /// <inheritdoc />
    public partial class DriverSecret : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "driver_secret",
                table: "cluster",
                type: "nvarchar(2048)",
                maxLength: 2048,
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "driver_secret",
                table: "cluster");
        }
    }
}
